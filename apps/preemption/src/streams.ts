/** The streams preemption reads, and the one it writes to, narrowed to its own commands: one fact type has exactly one author. */

export {};
