package dev.backstep.leader;

/** Where a process stands. */
enum Standing {
  /** It watches, and looks whether somebody leads. */
  STANDS_BY,
  /** It carries objects on. */
  LEADS,
  /** It led, and could not say so for long: it goes on only if nobody has led since. */
  DOUBTS,
  /** It ends. */
  RESIGNED
}
