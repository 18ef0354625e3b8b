/** Randomness from a seed: the same seed gives the same run, on every machine. */

export {};
