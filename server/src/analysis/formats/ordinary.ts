/**
 * Ordinary lines of the logs that are read here: no crash, only the warnings that daemons never stop to make. They say which letters every log is full of, so that the
 * scanner looks for literals by their rare parts (`text/literals.ts`), and they are what a starting server reads first, so that
 * the code for a document's lines is warm when one comes. Nothing that is found depends on them.
 */
export const ORDINARY_LINES = `
2023-04-12T08:15:02.114Z cpu4:2097615)ScsiDeviceIO: 4124: Cmd(0x45b9412c3a40) 0x1a, CmdSN 0x3c1f from world 0 to dev "naa.600508b1001c5e1f" failed H:0x0 D:0x2 P:0x0 Valid sense data: 0x5 0x24 0x0
2023-04-12T08:15:02.118Z cpu11:2097288)NMP: nmp_ThrottleLogForDevice:3856: Cmd 0x2a (0x45b941207f00, 2101344) to dev "t10.NVMe____MODEL_3C5A7" on path "vmhba2:C0:T1:L4" Failed:
2023-04-12T08:15:03.371Z cpu0:2097152)World: 12075: VC opID lro-1180-3f27 maps to vmkernel opID 8a1c42b7
2023-04-12T08:15:03.455Z cpu2:2097991)World: vm 2098103: 7077: Starting world vcpu-0:web-01 of type 8
2023-04-12T08:15:03.902Z cpu7:2098804)Vmxnet3: 15242: web-01.eth0,00:50:56:8e:31:0c, portID(50331659): Hang detected,numHangQ: 1, enableGen: 12
2023-04-12T08:15:04.005Z cpu7:2098804)HBX: 3041: 'datastore1': HB at offset 3420160 - Reclaimed heartbeat [Timeout]:
2023-04-12T08:15:04.006Z cpu7:2098804)  [HB state abcdef02 offset 3420160 gen 41 stampUS 518273645 uuid 5f8d2c11-0a3b4c5d-6e7f-0025b5000a1f jrnl <FB 2048> drv 24.82 lockImpl 4 ip 10.20.3.14]
2023-04-12T08:15:05.117Z cpu22:2131075)DVFilter: 6053: Checking disconnected filters for timeouts
2023-04-12T08:15:05.640Z cpu3:2097407)Uplink: 10205: enabled port 0x4000002 with mac 00:25:b5:00:0a:1f
2023-04-12T08:15:06.031Z cpu15:2098011)lpfc: lpfc_rportStats:4625: 0:(0) Compression log for fcp target 2, path is ok, DISC 0x1, num_cmds 0
2023-04-12T08:15:06.222Z cpu9:2099940 opID=5c0e11b7)Config: 703: "SIOControlFlag2" = 0, Old Value: 1, (Status: 0x0)
2023-04-12T08:15:07.480Z cpu18:2098340)J6: 2651: 'local-2': Exiting the journal replay manager world
2023-04-12T08:15:08.003Z cpu1:2097191)Tcpip_Vmk: 123: INFO: vmk0: link state is up; netStackInstance defaultTcpipStack
2023-04-12T08:15:08.404Z cpu12:2100210)Net: 2312: connected db-03 eth1 to vDS, portID 0x2000007
2023-04-12T08:15:09.730Z cpu5:2097220)StorageApdHandler: 1203: APD start for 0x430a1c [naa.600508b1001c5e1f]
2023-04-12T08:15:09.802Z cpu8:2097511)WARNING: ScsiDeviceIO: 1498: Device naa.600508b1001c5e1f performance has deteriorated. I/O latency increased from average value of 1832 microseconds to 47282 microseconds.
2023-04-12T08:15:09.911Z cpu14:2098207)WARNING: iscsi_vmk: iscsivmk_ConnReceiveAtomic:475: vmhba64:CH:0 T:0 CN:0: Failed to receive data: Connection timed out by peer
2023-04-12T08:15:10.101Z cpu2:2097733)<6>ixgben 0000:3b:00.0: vmnic4: NIC Link is Up 10 Gbps, Flow Control: RX/TX
Apr 12 08:15:11 esx07 vmkernel: cpu6:2097815)nfnic: <1>: INFO: fnic_process_link: 1120: Link status from FI: up
Apr 12 08:15:11 esx07 Hostd: info hostd[2099412] [Originator@6876 sub=Vimsvc.ha-eventmgr] Event 5812 : The time-limited licence is read
2023-04-12T08:15:12.556Z info hostd[2099387] [Originator@6876 sub=Vcsvc.VMotionSrc opID=43a9] State of the migration: sent 12% of 4096 MB
2023-04-12T08:15:12.917Z: [netCorrelator] 412736500us: [vob.net.vmnic.linkstate.up] vmnic vmnic1 linkstate up
2023-04-12T08:15:13.001Z| vcpu-0| I125: Guest: toolbox: Version: 11.3.5 build 18557794
2023-04-12T08:15:13.002Z| vmx| I005+ Powering on the virtual machine: DICT memSize = "8192", scsi0.virtualDev = "pvscsi"
2023-04-12 08:15:14.223+0000: 2811: info : virObjectUnref:344 : OBJECT_UNREF: obj=0x7f2c3c00a2b0
2023-04-12 08:15:14.224+0000: 2811: debug : virThreadJobSet:94 : Thread 2815 (rpc-worker) is now running job remoteDispatchDomainGetState
2023-04-12 08:15:14.310+0000: 2810: debug : qemuMonitorJSONIOProcessLine:236 : Line [{"timestamp": {"seconds": 1681287314}, "event": "BALLOON_CHANGE"}]
2023-04-12 08:15:14.702+0000: 2810: warning : qemuDomainObjTaintMsg:5403 : Domain id=12 name='web-01' is tainted: host-cpu
2023-04-12 08:15:15.011+0000: 2814: error : virNetSocketReadWire:1792 : End of file while reading data: Input/output error
2023-04-12 08:15:16.500+0000: starting up libvirt version: 8.0.0, package: 1ubuntu7.5, qemu version: 6.2.0, kernel: 5.15.0-71-generic, hostname: kvm03
/usr/bin/qemu-system-x86_64 -name guest=web-01,debug-threads=on -machine pc-q35-6.2,accel=kvm,usb=off -cpu host,migratable=on -m 8192 -smp 4,sockets=1 -no-user-config -nodefaults \\
-device pcie-root-port,port=0x10,chassis=1,id=pci.1,bus=pcie.0,multifunction=on,addr=0x2 -netdev tap,fd=37,id=hostnet0,vhost=on,vhostfd=39 -device virtio-net-pci,netdev=hostnet0,id=net0 \\
char device redirected to /dev/pts/3 (label charserial0)
qemu-system-x86_64: warning: host doesn't support requested feature: CPUID.80000001H:ECX.svm [bit 2]
2023-04-12T08:15:17.009184Z qemu-system-x86_64: terminating on signal 15 from pid 2811 (/usr/sbin/libvirtd)
[    0.000000] Linux version 5.15.0-71-generic (buildd@host) (gcc 11.3.0, GNU ld 2.38) #78-Ubuntu SMP
[    0.214518] ACPI: bus type PCI registered; pci 0000:00:1f.2: reg 0x10: [io 0x3080-0x3087]
[   12.731004] audit: type=1400 audit(1681287317.112:31): apparmor="STATUS" operation="profile_load" name="libvirt-2f1c" pid=913 comm="apparmor_parser"
[  841.552310] br0: port 2(vnet0) entered forwarding state
[  844.010027] SVM: kvm: Nested Paging enabled, cpuidle: using governor menu
Apr 12 08:15:18 kvm03 kernel: [ 9121.300412] device vnet0 entered promiscuous mode
Apr 12 08:15:18 kvm03 libvirtd[2811]: internal state of the domain was read again
Apr 12 08:15:19 kvm03 systemd[1]: Started Session 214 of user root, finished with status 0.
Microsoft (R) Windows Debugger Version 10.0.22621.382 AMD64
Loading Dump File [C:\\Windows\\MEMORY.DMP]
Symbol search path is: srv*
Kernel base = 0xfffff801\`5a200000 PsLoadedModuleList = 0xfffff801\`5ae2a2d0
Debug session time: Wed Apr 12 08:15:20.339 2023 (UTC + 2:00)
Loading Kernel Symbols
...............................................................
Loading User Symbols
For analysis of this file, run the command
fffff801\`5a5f7e2a 488b5c2430      mov     rbx,qword ptr [rsp+30h]
fffff801\`5a5f7e2f 4883c420        add     rsp,20h
fffff880\`0344f8a0 fffff800\`02c8c1e9 : 00000000\`0000000a fffffa80\`04ab5060 00000000\`00000002 00000000\`00000001
rax=0000000000000000 rbx=fffffa8004ab5060 rcx=0000000000000002
fffff801\`5a200000 fffff801\`5b246000   nt         (pdb symbols)          ntkrnlmp.pdb
`.trimStart();
