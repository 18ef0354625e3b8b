/** Ids in addresses. One that has another form names nothing: 404. */

import { z } from 'zod';

export const rentalPath = z.strictObject({ rentalId: z.uuid() });
export type RentalPath = z.output<typeof rentalPath>;

export const nodePath = z.strictObject({ nodeId: z.uuid() });
export type NodePath = z.output<typeof nodePath>;

/** As its login names it: opaque, and never long. */
export const operatorPath = z.strictObject({ operatorId: z.string().regex(/^[\w.:@-]{1,100}$/) });
export type OperatorPath = z.output<typeof operatorPath>;
