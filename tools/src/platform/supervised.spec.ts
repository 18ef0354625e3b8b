import { supervise, type Life } from './supervised.js';

/** A part whose lives are promises: nothing runs. */
function part(startsThatFail: readonly number[] = []) {
  const log: string[] = [];
  let starts = 0;
  const start = (): Promise<Life> => {
    starts += 1;
    if (startsThatFail.includes(starts)) return Promise.reject(new Error('not yet'));
    const pid = starts;
    let die: () => void = () => undefined;
    const exited = new Promise<void>((resolve) => (die = resolve));
    const end = (how: string) => (): Promise<void> => {
      log.push(`${how} ${pid}`);
      die();
      return exited;
    };
    return Promise.resolve({ pid, exited, stop: end('stop'), kill: end('kill') });
  };
  return { start, log, onDeath: () => void log.push('died') };
}

describe('a part under supervision', () => {
  it('is started again when it was killed, and whoever killed it hears when it is back', async () => {
    const { start, log, onDeath } = part();
    const supervised = await supervise({ start, onDeath });
    await supervised.kill();
    expect(supervised.now().pid).toBe(2);
    expect(log).toEqual(['kill 1', 'died']);
  });

  it('is tried again when it does not come up at once', async () => {
    const { start, onDeath } = part([2]);
    const supervised = await supervise({ start, onDeath });
    await supervised.kill();
    expect(supervised.now().pid).toBe(3);
  });

  it('is killed as often as somebody does it', async () => {
    const { start, onDeath } = part();
    const supervised = await supervise({ start, onDeath });
    await supervised.kill();
    await supervised.kill();
    expect(supervised.now().pid).toBe(3);
  });

  it.each(['stop', 'destroy'] as const)('does not come back after %s, also not one that was about to', async (how) => {
    const { start, log, onDeath } = part();
    const supervised = await supervise({ start, onDeath });
    const killing = supervised.kill();
    await supervised[how]();
    await killing;
    expect(supervised.now().pid).toBe(1);
    expect(log.filter((line) => line === 'died').length).toBeLessThanOrEqual(1);
  });

  it('that cannot start at all is its starter’s to deal with', async () => {
    const { start, onDeath } = part([1]);
    await expect(supervise({ start, onDeath })).rejects.toThrow('not yet');
  });
});
