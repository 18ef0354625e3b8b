import { type Caller, Doorkeeper, type Ticket } from './doorkeeper.js';

const stay: Caller = { progress: () => 0, drop: () => undefined };
const fail = (keeper: Doorkeeper, times: number, address = 'a'): void => {
  for (let n = 0; n < times; n += 1) keeper.admit(address, stay)?.failed();
};

describe('the doorkeeper', () => {
  it('turns away an address that failed 60 times in a minute, and nobody else', () => {
    let now = 0;
    const keeper = new Doorkeeper(() => now);
    fail(keeper, 59);
    expect(keeper.admit('a', stay)).not.toBeNull();
    fail(keeper, 1);
    expect(keeper.admit('a', stay)).toBeNull();
    expect(keeper.admit('b', stay)).not.toBeNull();
    now = 60_000;
    expect(keeper.admit('a', stay)).not.toBeNull();
  });

  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])(
    'counts no failures of this machine itself: %s',
    (own) => {
      const keeper = new Doorkeeper(() => 0);
      fail(keeper, 200, own);
      expect(keeper.admit(own, stay)).not.toBeNull();
    },
  );

  it('takes a host that chooses among its IPv6 addresses for one, and its neighbour for another', () => {
    const keeper = new Doorkeeper(() => 0);
    for (let n = 0; n < 60; n += 1) fail(keeper, 1, `2001:db8:0:1::${n.toString(16)}`);
    expect(keeper.admit('2001:db8:0:1:5:6:7:8', stay)).toBeNull();
    expect(keeper.admit('2001:db8:0:2::1', stay)).not.toBeNull();
    fail(keeper, 60, '::ffff:198.51.100.7');
    expect(keeper.admit('198.51.100.7', stay)).toBeNull();
    expect(keeper.admit('198.51.100.8', stay)).not.toBeNull();
  });

  it('does not hold success, nor its later end, against anyone', () => {
    const keeper = new Doorkeeper(() => 0);
    for (let n = 0; n < 200; n += 1) {
      const ticket = keeper.admit('a', stay);
      ticket?.proven();
      ticket?.failed();
    }
    expect(keeper.admit('a', stay)).not.toBeNull();
  });
});

describe('those who have not shown who they are', () => {
  let dropped: string[];
  let keeper: Doorkeeper;
  let now: number;
  beforeEach(() => {
    dropped = [];
    now = 0;
    keeper = new Doorkeeper(() => now);
  });
  const come = (address: string, name = address, progress = 0): Ticket => {
    const ticket = keeper.admit(address, { progress: () => progress, drop: () => void dropped.push(name) });
    if (ticket === null) throw new Error(`${name} was refused`);
    return ticket;
  };

  it('are at most eight of one address: the oldest makes room for the ninth', () => {
    for (let n = 1; n <= 8; n += 1) come('a', `a${n}`);
    come('b');
    expect(dropped).toEqual([]);
    come('a', 'a9');
    come('a', 'a10');
    expect(dropped).toEqual(['a1', 'a2']);
  });

  it('are at most a hundred: one of the busiest address makes room, never one who came alone', () => {
    const alone = come('probe');
    for (let n = 0; n < 99; n += 1) come(`host ${Math.floor(n / 8)}`, `${n}`);
    now = 250;
    expect(dropped).toEqual([]);
    for (let n = 0; n < 50; n += 1) come(`late ${n}`);
    expect(dropped).toHaveLength(50);
    expect(dropped).not.toContain('probe');
    expect(dropped[0]).toBe('0');
    alone.proven();
  });

  it('stay longer the further they came', () => {
    come('a', 'a1', 1);
    for (let n = 2; n <= 8; n += 1) come('a', `a${n}`);
    for (let n = 9; n <= 15; n += 1) come('a', `a${n}`);
    expect(dropped).toEqual(['a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'a8']);
  });

  it('free their place once they have, and once they are gone', () => {
    const tickets = Array.from({ length: 8 }, (_, n) => come('a', `a${n}`));
    tickets[3]?.proven();
    tickets[4]?.failed();
    come('a');
    come('a');
    expect(dropped).toEqual([]);
    come('a');
    expect(dropped).toEqual(['a0']);
  });

  it('share loopback without a limit of its own, and make room there once there are a hundred', () => {
    for (let n = 0; n < 100; n += 1) come('127.0.0.1', `own ${n}`);
    now = 250;
    expect(dropped).toEqual([]);
    come('203.0.113.9');
    come('127.0.0.1', 'own 100');
    expect(dropped).toEqual(['own 0', 'own 1']);
  });

  it('have a quarter of a second for their first words, unless there are four hundred', () => {
    for (let n = 0; n < 100; n += 1) come('127.0.0.1', `early ${n}`, 14);
    now = 249;
    come('127.0.0.1', 'probe');
    for (let n = 0; n < 299; n += 1) come('127.0.0.1', `late ${n}`, 14);
    expect(dropped).toEqual([]);
    come('203.0.113.9');
    expect(dropped).toEqual(['probe']);
  });
});
