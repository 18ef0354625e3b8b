/** The gateway, put together: its controllers, its doors, and what stands before them. */

import { Module, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { jwks, type Jwks } from '@tokenos/contracts/api/auth';
import { CONFIG, DATABASE } from '@tokenos/runtime/service/tokens';
import type { Kysely } from 'kysely';
import { readFile } from 'node:fs/promises';
import { ReleaseController } from './admin/release.controller.js';
import { AgentDoor } from './agents/agent-door.js';
import { LeaseEnds } from './agents/lease-ends.js';
import { Presence } from './agents/presence.js';
import { AuditController } from './audit/audit.controller.js';
import { Downloads } from './audit/downloads.js';
import { EvidenceSource } from './audit/evidence-source.js';
import { AuthGuard } from './auth/auth.guard.js';
import { tokenVerifier } from './auth/token-verifier.js';
import { AccessController } from './buyer/access.controller.js';
import { CourseController } from './buyer/course.controller.js';
import { Extensions } from './buyer/extensions.js';
import { Months } from './buyer/months.js';
import { MonthsController } from './buyer/months.controller.js';
import { OwnRentals } from './buyer/own-rentals.js';
import { QuoteAmounts } from './buyer/quote-amounts.js';
import { RatingController } from './buyer/rating.controller.js';
import { RentalRequests } from './buyer/rental-requests.js';
import { RentalsController } from './buyer/rentals.controller.js';
import { RequestsController } from './buyer/requests.controller.js';
import { WaitingRoom } from './buyer/waiting-room.js';
import { Footprints } from './carbon/footprints.js';
import type { GatewayConfig } from './config.js';
import { SocketsController } from './edge/sockets.controller.js';
import { Upgrades } from './edge/upgrades.js';
import { systemEntropy } from './entropy.js';
import { LiveFacts } from './facts/live-facts.js';
import { Idempotency } from './idempotency/idempotency.js';
import { IdempotencyInterceptor } from './idempotency/idempotency.interceptor.js';
import { MeterDoor } from './meter/meter-door.js';
import { DocsController } from './openapi/docs.controller.js';
import { routesOf } from './openapi/routes.js';
import { Earnings } from './operator/earnings.js';
import { EnrolController } from './operator/enrol.controller.js';
import { EnrolmentTokens } from './operator/enrolment.js';
import { NodesController } from './operator/nodes.controller.js';
import { OperatorController } from './operator/operator.controller.js';
import { ProblemFilter } from './problem/problem.filter.js';
import { AnchorsController } from './public/anchors.controller.js';
import { OperatorsController } from './public/operators.controller.js';
import { PublicController } from './public/public.controller.js';
import { API_ROUTES, ENTROPY, JWKS, TOKEN_VERIFIER } from './tokens.js';
import { Machines } from './view/machines.js';
import { Anchors } from './view/anchors.js';
import { Reputations } from './view/reputations.js';
import type { GatewayTables } from './view/tables.js';
import { HeliusController } from './webhooks/helius.controller.js';

export const controllers: readonly Type[] = [
  RequestsController,
  RentalsController,
  RatingController,
  AccessController,
  CourseController,
  MonthsController,
  OperatorController,
  NodesController,
  EnrolController,
  PublicController,
  OperatorsController,
  AnchorsController,
  ReleaseController,
  AuditController,
  HeliusController,
  SocketsController,
  DocsController,
];

const services = [
  Upgrades,
  LiveFacts,
  Presence,
  Reputations,
  Anchors,
  Machines,
  QuoteAmounts,
  OwnRentals,
  Footprints,
  Months,
  Extensions,
  RentalRequests,
  WaitingRoom,
  EnrolmentTokens,
  Earnings,
  AgentDoor,
  LeaseEnds,
  MeterDoor,
  Downloads,
  EvidenceSource,
];

@Module({
  controllers: [...controllers],
  providers: [
    ...services,
    { provide: ENTROPY, useValue: systemEntropy },
    { provide: API_ROUTES, useValue: () => routesOf(controllers) },
    {
      provide: JWKS,
      useFactory: async ({ JWKS_FILE }: GatewayConfig): Promise<Jwks> =>
        jwks.parse(JSON.parse(await readFile(JWKS_FILE, 'utf8'))),
      inject: [CONFIG],
    },
    {
      provide: TOKEN_VERIFIER,
      useFactory: (keys: Jwks, { MODE }: GatewayConfig) => tokenVerifier(keys, MODE),
      inject: [JWKS, CONFIG],
    },
    { provide: Idempotency, useFactory: (db: Kysely<GatewayTables>) => new Idempotency(db), inject: [DATABASE] },
    { provide: APP_GUARD, useClass: AuthGuard },
    { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
})
export class GatewayModule {}
