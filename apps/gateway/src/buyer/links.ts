/** Where a rental's calls are. Relative to this gateway, or absolute where its public address is configured. */

export interface Links {
  self: string;
  access: string;
  stop: string;
  extend: string;
  checkpoint: string;
  receipt: string;
  facts: string;
  meter: string;
}

export function linksOf(rentalId: string, publicUrl: string | undefined): Links {
  const origin = publicUrl?.replace(/\/$/, '') ?? '';
  const self = `${origin}/v1/buyer/rentals/${rentalId}`;
  return {
    self,
    access: `${self}/access`,
    stop: `${self}/stop`,
    extend: `${self}/extend`,
    checkpoint: `${self}/checkpoint`,
    receipt: `${self}/receipt`,
    facts: `${self}/facts`,
    meter: `${origin}/v1/buyer/meter`,
  };
}
