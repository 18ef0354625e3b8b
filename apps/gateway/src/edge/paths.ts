/** Ids in addresses. One that has another form names nothing: 404. */

import { z } from 'zod';

export const rentalPath = z.strictObject({ rentalId: z.uuid() });
export type RentalPath = z.output<typeof rentalPath>;

export const nodePath = z.strictObject({ nodeId: z.uuid() });
export type NodePath = z.output<typeof nodePath>;
