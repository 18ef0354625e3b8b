/** Which service gives each command of a rental: one author per fact. */

import type { RentalCommand } from '@tokenos/domain/rental/commands';

export const AUTHORS: Readonly<Record<RentalCommand['type'], string>> = {
  RequestRental: 'gateway',
  IssueCredential: 'gateway',
  StopRental: 'gateway',
  RecordPayment: 'settlement',
  FinalizePayment: 'settlement',
  ExpireRequest: 'settlement',
  PlanSettlement: 'settlement',
  CloseSettlement: 'settlement',
  SignPlan: 'settlement',
  ExpirePlan: 'settlement',
  FailPlan: 'settlement',
  ConfirmPlan: 'settlement',
  FinalizePlan: 'settlement',
  PlaceRental: 'allocation',
  FailPlacement: 'allocation',
  StartRental: 'allocation',
  EndRental: 'allocation',
  RevokeAccess: 'allocation',
  MeterUsage: 'metering',
  CloseMeter: 'metering',
};
