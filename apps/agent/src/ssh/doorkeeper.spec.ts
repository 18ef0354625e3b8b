import { Doorkeeper } from './doorkeeper.js';

const fail = (keeper: Doorkeeper, times: number, address = 'a'): void => {
  for (let n = 0; n < times; n += 1) keeper.admit(address)?.failed();
};

describe('the doorkeeper', () => {
  it('turns away an address that failed 60 times in a minute, and nobody else', () => {
    let now = 0;
    const keeper = new Doorkeeper(() => now);
    fail(keeper, 59);
    expect(keeper.admit('a')).not.toBeNull();
    fail(keeper, 1);
    expect(keeper.admit('a')).toBeNull();
    expect(keeper.admit('b')).not.toBeNull();
    now = 60_000;
    expect(keeper.admit('a')).not.toBeNull();
  });

  it('counts no failures of this machine itself', () => {
    const keeper = new Doorkeeper(() => 0);
    fail(keeper, 200, '127.0.0.1');
    expect(keeper.admit('127.0.0.1')).not.toBeNull();
  });

  it('does not hold success, nor its later end, against anyone', () => {
    const keeper = new Doorkeeper(() => 0);
    for (let n = 0; n < 200; n += 1) {
      const ticket = keeper.admit('a');
      ticket?.proven();
      ticket?.failed();
    }
    expect(keeper.admit('a')).not.toBeNull();
  });

  it('lets at most 100 in who have not shown who they are', () => {
    const keeper = new Doorkeeper(() => 0);
    const tickets = Array.from({ length: 100 }, (_, n) => keeper.admit(`host ${n}`));
    expect(keeper.admit('late')).toBeNull();
    tickets[0]?.proven();
    expect(keeper.admit('late')).not.toBeNull();
  });
});
