import { eventStoreContract } from '@tokenos/testing/event-store/contract';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { openPostgresEventStore } from './postgres.js';

const postgres = withPostgres();

eventStoreContract('Postgres', async () => openPostgresEventStore(await postgres.freshDatabase()));
