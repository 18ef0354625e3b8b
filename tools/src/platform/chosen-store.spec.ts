import { chosenEmptyStore, chosenStore } from './chosen-store.js';

it.each([[{}], [{ EVENTSTORE_URL: '' }]])('no EVENTSTORE_URL in %j chooses no store', async (env) => {
  expect(chosenStore(env)).toEqual({});
  expect(await chosenEmptyStore(env)).toEqual({});
});

it('EVENTSTORE_URL chooses EventStoreDB or a Postgres', () => {
  const url = 'esdb://localhost?tls=false';
  expect(chosenStore({ EVENTSTORE_URL: url })).toEqual({ eventStoreUrl: url });
  expect(chosenStore({ EVENTSTORE_URL: 'postgresql://localhost/facts' })).toHaveProperty('eventStoreUrl');
});

it('EVENTSTORE_URL that names neither is refused, and not repeated', () => {
  const choose = () => chosenStore({ EVENTSTORE_URL: 'mysql://me:hush@localhost' });
  expect(choose).toThrow('EVENTSTORE_URL wants');
  expect(choose).not.toThrow('hush');
});
