/** Stories without mocks: `given(facts).when(command).then(facts)`, for any decider. */

interface AnyDecider<State, Command, Fact> {
  readonly initialState: State;
  readonly decide: (
    state: State,
    command: Command,
  ) =>
    | { readonly kind: 'accepted'; readonly facts: readonly Fact[] }
    | { readonly kind: 'ignored'; readonly why: string }
    | { readonly kind: 'rejected'; readonly rejection: { readonly code: string; readonly context: unknown } };
  readonly evolve: (state: State, fact: Fact) => State;
}

export interface Story<State, Command, Fact> {
  when(command: Command): {
    /** Exactly these facts, in this order. Returns the story so far, to go on from. */
    then(...facts: Fact[]): Story<State, Command, Fact>;
    /** Nothing happens; `why` is looked for in the reason. */
    thenIgnored(why?: string): Story<State, Command, Fact>;
    thenRejected(code: string, context?: unknown): Story<State, Command, Fact>;
  };
  /** The state that the facts so far lead to. */
  readonly state: State;
}

/** `const given = storiesOf(rentalDecider)`, once per spec. */
export function storiesOf<State, Command, Fact>(decider: AnyDecider<State, Command, Fact>) {
  return function given(...facts: Fact[]): Story<State, Command, Fact> {
    const state = facts.reduce((before, fact) => decider.evolve(before, fact), decider.initialState);
    return {
      state,
      when(command) {
        const decision = decider.decide(state, command);
        return {
          then(...expected) {
            expect(decision).toStrictEqual({ kind: 'accepted', facts: expected });
            return given(...facts, ...expected);
          },
          thenIgnored(why = '') {
            expect(decision).toStrictEqual({ kind: 'ignored', why: expect.stringContaining(why) as string });
            return given(...facts);
          },
          thenRejected(code, context) {
            const rejection = { code, context: context ?? (expect.anything() as unknown) };
            expect(decision).toStrictEqual({ kind: 'rejected', rejection });
            return given(...facts);
          },
        };
      },
    };
  };
}
