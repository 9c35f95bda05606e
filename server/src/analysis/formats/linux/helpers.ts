/** Functions that report, deliver or carry out a crash: never its cause. */

const EXACT = new Set([
  // printing
  'dump_stack', 'dump_stack_lvl', '__dump_stack', 'show_stack', 'show_stack_log_lvl', 'show_trace_log_lvl', 'show_trace', 'show_regs', 'unwind_backtrace', 'sched_show_task', 'dump_cpu_task',
  'dump_backtrace', 'dump_backtrace_log_lvl', 'dump_header', 'print_report', 'print_address_description', 'print_trailer', 'print_bad_pte',
  'bad_page', 'object_err', 'slab_err', 'check_bytes_and_report',
  // panic and its callers
  'panic', 'vpanic', 'nmi_panic', '__stack_chk_fail', 'arm64_serror_panic', 'do_serror', 'panic_on_oops', 'crash_kexec', '__crash_kexec',
  'machine_kexec', 'kmsg_dump', 'notifier_call_chain', '__atomic_notifier_call_chain', 'atomic_notifier_call_chain',
  // ZFS
  'spl_panic', 'spl_dumpstack', 'spl_debug_bug', 'spl_debug_dumpstack', 'vcmn_err', 'cmn_err', 'zfs_panic_recover',
  // oops
  'die', '__die', '__die_body', '__die_header', 'die_addr', 'oops_end', 'oops_exit', 'oops_begin', 'oops_enter', 'no_context', 'page_fault_oops',
  'bad_area', 'bad_area_nosemaphore', '__bad_area', '__bad_area_nosemaphore', 'bad_page_fault',
  'do_kern_addr_fault', 'do_user_addr_fault', 'handle_page_fault', 'spurious_kernel_fault', 'is_prefetch', 'kernelmode_fixup_or_oops',
  '__do_page_fault', 'do_page_fault', 'trace_do_page_fault', 'do_async_page_fault', 'page_fault', 'async_page_fault', 'fixup_exception',
  'general_protection', 'do_general_protection', 'do_trap', 'do_error_trap', 'error_code', 'error_exit', 'error_entry', 'invalid_op',
  'do_invalid_op', 'handle_bug', 'report_bug', '__report_bug', 'fixup_bug', 'divide_error', 'do_divide_error', 'double_fault', 'do_double_fault',
  'nmi', 'end_repeat_nmi', 'do_nmi', 'default_do_nmi', 'nmi_handle', 'perf_event_nmi_handler',
  // ARM
  '__do_kernel_fault', 'do_translation_fault', 'do_mem_abort', 'do_dataabort', '__dabt_svc', '__pabt_svc', '__und_svc', 'die_kernel_fault',
  'do_undefinstr', 'bug_handler', 'brk_handler', 'call_break_hook', 'do_debug_exception', 'do_undef_instruction', 'arm_notify_die',
  'arm64_notify_die', '__handle_sysrq', 'do_bad_area',
  // warnings and checks
  '__warn', 'warn_slowpath_common', 'warn_slowpath_null', 'warn_slowpath_fmt', 'warn_slowpath_fmt_taint', '__might_sleep', '___might_sleep',
  '__might_resched', '__schedule_bug', 'spin_dump', 'spin_bug', 'spin_lockup_suspected', 'check_preemption_disabled', 'debug_smp_processor_id',
  'rcu_preempt_sleep_check',
  'lockdep_rcu_suspicious', 'print_usage_bug', 'print_circular_bug', 'print_deadlock_bug', 'print_irq_inversion_bug', 'check_noncircular',
  'check_prev_add', 'check_prevs_add', 'validate_chain', 'mark_lock', 'mark_lock_irq', 'mark_irqflags', '__lock_acquire', 'lock_acquire',
  'register_lock_class', 'assign_lock_key', 'save_trace',
  'check_memory_region', 'ubsan_epilogue', 'kasan_report', '__kasan_report', 'kasan_report_error', 'kasan_object_err', 'kasan_check_range',
  'kasan_report_invalid_free', 'end_report', 'check_panic_on_warn',
  // watchdogs: their own frames, and the interrupts that carry them
  'watchdog', 'watchdog_timer_fn', 'watchdog_overflow_callback', 'watchdog_hardlockup_check', 'watchdog_check_hardlockup_hpet',
  'reset_hung_task_detector', 'check_hung_uninterruptible_tasks', 'check_hung_task', 'hung_task_panic', 'is_softlockup', 'softlockup_tick', 'print_cpu_stall',
  'print_other_cpu_stall', 'check_cpu_stall', 'rcu_check_callbacks', 'rcu_sched_clock_irq', 'update_process_times', '_raw_spin_lock',
  '_raw_spin_lock_irq', '_raw_spin_lock_irqsave', '_raw_spin_lock_irqsave_nested', '_raw_spin_lock_bh', 'local_apic_timer_interrupt',
  'smp_apic_timer_interrupt', 'apic_timer_interrupt', 'hrtimer_interrupt', '__hrtimer_run_queues', 'hrtimer_run_queues', 'tick_handle_periodic',
  'tick_periodic', 'tick_sched_handle', 'tick_sched_timer', 'tick_nohz_handler', 'rcu_pending', 'rcu_dump_cpu_stacks', 'panic_on_rcu_stall',
  'nmi_cpu_backtrace', 'nmi_cpu_backtrace_handler', 'nmi_trigger_cpumask_backtrace', 'arch_trigger_cpumask_backtrace',
  'arch_trigger_all_cpu_backtrace_handler', 'arch_trigger_all_cpu_backtrace', 'trigger_all_cpu_backtrace', 'native_send_call_func_ipi',
  'native_send_call_func_single_ipi', 'native_smp_send_reschedule', 'mce_panic', 'print_mce', '__ratelimit', 'do_machine_check', 'machine_check',
  'mce_reign', 'mce_end', 'mce_timed_out',
  // out of memory
  'oom_kill_process', 'out_of_memory', 'mem_cgroup_out_of_memory', 'pagefault_out_of_memory', 'warn_alloc', 'warn_alloc_failed', 'warn_alloc_show_mem',
  // what the compiler calls in place of a return or a jump, where speculation is to be held
  'srso_return_thunk', 'srso_alias_return_thunk', 'retbleed_return_thunk', 'entry_untrain_ret',
  // where a waiting task ends
  '__schedule', 'schedule', 'io_schedule', 'io_schedule_timeout', 'schedule_timeout', 'schedule_preempt_disabled', 'context_switch',
  'preempt_schedule', 'preempt_schedule_irq', 'preempt_schedule_common', 'preempt_schedule_notrace', 'preempt_schedule_thunk',
  'preempt_schedule_notrace_thunk', 'retint_kernel',
]);
/** Where a thread of the kernel begins: the last of its frames. */
const THREAD_ENDS = new Set(['kthread', 'ret_from_fork', 'ret_from_fork_asm', 'kernel_thread_helper', 'kernel_thread_starter', 'ret_from_kernel_thread']);
const PREFIXES = ['asm_exc_', 'exc_', 'asm_sysvec_', 'sysvec_', '__asan_', '__kasan_check_', 'kasan_check_', '__ubsan_handle_', '__sanitizer_cov_', '__pfx_', 'el1_', 'el1h_', 'el0_', 'el1t_', 'xen_asm_exc_', '__x86_return_thunk', '__x86_indirect_thunk'];

/** True for functions that a signature skips. `name` in lower case. */
export function isCrashHelper(name: string): boolean {
  const whole = unsplit(name);
  return EXACT.has(whole) || THREAD_ENDS.has(whole) || PREFIXES.some((prefix) => whole.startsWith(prefix));
}

/** True for functions in which threads of the kernel begin. `name` in lower case. */
export function isThreadEnd(name: string): boolean {
  return THREAD_ENDS.has(unsplit(name));
}

/** The compiler splits functions: oops_end.part.0, print_address_description.constprop.0. */
function unsplit(name: string): string {
  const dot = name.indexOf('.', 1);
  return dot < 0 ? name : name.slice(0, dot);
}
