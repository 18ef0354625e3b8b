import { newSshKeyPair } from '@tokenos/runtime/ssh/key-pair';
import { OpenSessions } from './open-sessions.js';

const key = (): { line: string; blob: string } => {
  const line = newSshKeyPair('test').publicKey;
  return { line, blob: line.split(' ')[1] ?? '' };
};

describe('open sessions', () => {
  const [ann, bob] = [key(), key()];
  const closed: string[] = [];
  const told: string[] = [];
  const changed = jest.fn();
  const entered: string[] = [];
  const sessions = new OpenSessions(changed, (lease) => void entered.push(lease));
  const add = (lease: string, name: string, keyBlob: string, role: 'buyer' | 'probe' = 'buyer'): (() => void) =>
    sessions.add(lease, {
      role,
      keyBlob,
      close: () => closed.push(name),
      tell: (line) => told.push(`${name}: ${line}`),
    });

  it('are counted by lease, probes apart, and every change is told', () => {
    const leave = add('one', 'ann', ann.blob);
    add('one', 'bob', bob.blob);
    add('one', 'probe', 'x', 'probe');
    const last = add('two', 'ann elsewhere', ann.blob);
    expect([sessions.count('one'), sessions.count('two'), sessions.count('three')]).toEqual([2, 1, 0]);
    last();
    last();
    expect(sessions.count('two')).toBe(0);
    expect(changed).toHaveBeenCalledTimes(5);
    // A probe is not the buyer.
    expect(entered).toEqual(['one', 'one', 'two']);
    leave();
  });

  it('of a key that is no longer listed are closed', () => {
    sessions.keepOnly('one', [ann.line]);
    expect(closed).toEqual(['bob']);
  });

  it('are told a line, the probe and other leases not', () => {
    sessions.tell('one', 'make room');
    expect(told).toEqual(['bob: make room']);
  });

  it('are all closed at the end, the probe among them', () => {
    sessions.closeAll('one');
    expect(closed).toEqual(['bob', 'bob', 'probe']);
  });
});
