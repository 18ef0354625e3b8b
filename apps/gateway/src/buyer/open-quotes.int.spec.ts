import { withNats } from '@tokenos/testing/servers/nats';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { eventually, machineOnline, Others, type TestMachine } from '../testing/actors.js';
import { withGateway } from '../testing/with-gateway.js';

const MAX = 3;

describe('a buyer who asks and does not pay', () => {
  const gateway = withGateway(() => ({ postgres: withPostgres(), nats: withNats() }), { MAX_OPEN_QUOTES: `${MAX}` });
  let machine: TestMachine;
  beforeAll(async () => {
    machine = await machineOnline(gateway);
    await machineOnline(gateway, 'operator-2');
  });

  const asker = async (id: string) => {
    const token = await gateway.token(id, ['buyer']);
    const json = { gpuTier: 'H100', durationDays: 1 };
    return {
      token,
      ask: (headers: Readonly<Record<string, string>> = {}) =>
        gateway.call('POST', '/v1/buyer/compute/requests', { token, json, headers }),
    };
  };
  const idOf = ({ body }: { readonly body: Readonly<Record<string, unknown>> }) => body['rentalId'] as string;

  it('gets so many quotes, however many he asks for at once, and hears when there are more', async () => {
    const { ask } = await asker('hoarder');
    const answers = await Promise.all(Array.from({ length: 4 * MAX }, () => ask()));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(MAX);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(3 * MAX);
    expect(refused[0]?.body).toMatchObject({ code: 'too_many_open_quotes' });
    const seconds = Number(refused[0]?.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(14 * 60);
    expect(seconds).toBeLessThanOrEqual(15 * 60);
    expect((await (await asker('somebody-else')).ask()).status).toBe(201);
  });

  it('does not get around it by stopping what he asked for: the amount stays taken', async () => {
    const { token, ask } = await asker('stopper');
    for (let asked = 0; asked < MAX; asked++) {
      await gateway.call('POST', `/v1/buyer/rentals/${idOf(await ask())}/stop`, { token });
    }
    expect((await ask()).body['code']).toBe('too_many_open_quotes');
  });

  it('may repeat a request that was answered, and gets the same quote', async () => {
    const { ask } = await asker('repeater');
    const [first] = await Promise.all([ask({ 'idempotency-key': 'mine' }), ask(), ask()]);
    expect(idOf(await ask({ 'idempotency-key': 'mine' }))).toBe(idOf(first));
  });

  it('gets another quote as soon as one is paid and placed, or has expired', async () => {
    const { ask } = await asker('payer');
    const [first] = await Promise.all([ask(), ask(), ask()]);
    expect((await ask()).status).toBe(429);
    await new Others(gateway).run(idOf(first), machine);
    await eventually(async () => expect((await ask()).status).toBe(201));
    expect((await ask()).status).toBe(429);
    const { db } = gateway.service.resources;
    const anHourHence = BigInt(Date.now() + 60 * 60_000);
    await db
      .updateTable('quote_amounts' as never)
      .set({ free_at: anHourHence } as never)
      .where('buyer_id' as never, '=', 'payer' as never)
      .execute();
    expect((await ask()).status).toBe(201);
  });
});
