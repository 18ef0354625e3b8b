import { withCause } from './cause.js';
import { createLog, nestLogger } from './log.js';

function recording(level = 'trace') {
  const lines: string[] = [];
  const log = createLog('metering', level, { write: (line) => void lines.push(line) });
  return { log, lines: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('the log', () => {
  it('is one JSON object a line, with the service’s name, a readable time and level', () => {
    const { log, lines } = recording();
    log.warn({ rentalId: 'r1' }, 'late');
    expect(lines()).toEqual([
      { level: 'warn', time: expect.stringMatching(/^20\d\d-.*Z$/), service: 'metering', rentalId: 'r1', msg: 'late' },
    ]);
  });

  it('names what led to the work under way, across awaits, and nothing of anyone else’s', async () => {
    const { log, lines } = recording();
    await Promise.all(
      ['a', 'b'].map((id) =>
        withCause({ correlationId: id, causationId: `${id}0` }, async () => {
          await Promise.resolve();
          log.info({ id }, 'at work');
        }),
      ),
    );
    log.info({}, 'idle');
    expect(lines().map(({ id, correlationId, causationId }) => [id, correlationId, causationId])).toEqual([
      ['a', 'a', 'a0'],
      ['b', 'b', 'b0'],
      [undefined, undefined, undefined],
    ]);
  });

  it('holds no secret, at the top or within', () => {
    const { log, lines } = recording();
    const secrets = { password: 'hush', token: 'hush', privateKey: 'hush' };
    log.info({ ...secrets, config: secrets, req: { headers: { authorization: 'hush' } } }, 'start');
    expect(JSON.stringify(lines())).not.toContain('hush');
    expect(lines()[0]).toMatchObject({ password: '[secret]', config: { token: '[secret]' } });
  });

  it('tells an error with its stack', () => {
    const { log, lines } = recording();
    log.error({ err: new Error('broken') }, 'no');
    expect(lines()[0]).toMatchObject({ err: { message: 'broken', stack: expect.stringContaining('log.spec') } });
  });

  it('takes Nest’s words too, its chatter only for debugging', () => {
    const { log, lines } = recording('info');
    const nest = nestLogger(log);
    nest.log('Mapped {/count, POST} route', 'RouterExplorer');
    nest.error('Cannot do it', 'Error: stack', 'Injector');
    nest.error(new Error('thrown'), 'Injector');
    nest.warn({ odd: true });
    expect(lines()).toMatchObject([
      { level: 'error', msg: 'Cannot do it', nest: 'Injector' },
      { level: 'error', msg: 'thrown', err: { message: 'thrown' } },
      { level: 'warn', message: { odd: true } },
    ]);
  });
});
