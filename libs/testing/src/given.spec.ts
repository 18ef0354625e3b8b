import { storiesOf } from './given.js';
import { type Counted, tally } from './tally.js';

const given = storiesOf(tally.decider);
const at = 1_000;
const counted = (message: string): Counted => ({ type: 'Counted', message, at });

describe('a story', () => {
  it('goes on from the facts that it led to', () => {
    const { state } = given()
      .when({ type: 'Count', message: 'one', at })
      .then(counted('one'))
      .when({ type: 'Count', message: 'one', at })
      .thenIgnored('already')
      .when({ type: 'CountAll', messages: ['two', 'three'], at })
      .then(counted('two'), counted('three'));
    expect(state).toStrictEqual({ messages: ['one', 'two', 'three'] });
  });

  it('tells a rejection by its code, and by its context if asked', () => {
    const messages = Array.from({ length: 1_001 }, (_, index) => String(index));
    const story = given().when({ type: 'CountAll', messages, at });
    story.thenRejected('limit_reached');
    story.thenRejected('limit_reached', { count: 1_001 });
    expect(() => story.thenRejected('other')).toThrow();
    expect(() => story.thenRejected('limit_reached', { count: 1 })).toThrow();
  });

  it('fails when it is told wrongly', () => {
    const story = given(counted('one')).when({ type: 'Count', message: 'two', at });
    expect(() => story.then()).toThrow();
    expect(() => story.then(counted('three'))).toThrow();
    expect(() => story.then(counted('two'), counted('three'))).toThrow();
    expect(() => story.thenIgnored()).toThrow();
    expect(() => story.thenRejected('limit_reached')).toThrow();
  });

  it('fails for a wrong reason, and for a key that is missing instead of null', () => {
    const again = given(counted('one')).when({ type: 'Count', message: 'one', at });
    expect(() => again.thenIgnored('too late')).toThrow();
    const fact = { ...counted('two'), extra: undefined };
    expect(() => given().when({ type: 'Count', message: 'two', at }).then(fact)).toThrow();
  });
});
