/**
 * Short names of the x86 processor's exceptions by vector, as Intel's and, from 28 on, AMD's manuals have them. A format states a name
 * where its text gives the number alone; what an exception means stands in the knowledge (`exceptions/x86.json`; a test compares the two).
 */
export const MNEMONICS: Readonly<Record<number, string>> = {
  0: '#DE', 1: '#DB', 2: 'NMI', 3: '#BP', 4: '#OF', 5: '#BR', 6: '#UD', 7: '#NM', 8: '#DF', 10: '#TS', 11: '#NP', 12: '#SS', 13: '#GP', 14: '#PF',
  16: '#MF', 17: '#AC', 18: '#MC', 19: '#XM', 20: '#VE', 21: '#CP', 28: '#HV', 29: '#VC', 30: '#SX',
};
