/** What `npm start` prints once all is up: URLs, a ready token, and the lines that rent a GPU with curl, a wallet and ssh. */

import { join, relative, resolve } from 'node:path';
import type { Chain } from '../platform/chain.js';

export interface Instructions {
  readonly gatewayUrl: string;
  readonly chain: Pick<Chain, 'rpcUrl' | 'mint'>;
  readonly token: string;
  readonly keyFile: string;
  readonly dataDir: string;
}

export function instructions({ gatewayUrl, chain, token, keyFile, dataDir }: Instructions): string {
  const here = (path: string): string => relative(process.cwd(), path) || '.';
  const tool = (name: string): string => join(process.cwd(), `tools/dist/${name}/main.js`);
  const wallet = `node ${tool('wallet')} pay --keypair ${resolve(keyFile)} --rpc ${chain.rpcUrl}`;
  const operator = `node ${tool('token')} --role operator --subject aurora --data-dir ${resolve(dataDir)}`;
  return `
The platform is up. Everything listens on this machine only; GPUs are SIMULATED.

  API        ${gatewayUrl}/v1        browse it at ${gatewayUrl}/docs, OpenAPI at ${gatewayUrl}/openapi.json
  Market     ${gatewayUrl}/v1/public/offers
  Solana     ${chain.rpcUrl}   (local, USDC mint ${chain.mint})
  Data       ${here(dataDir)}         logs in ${here(dataDir)}/logs

Rent a GPU from another terminal:

  export API=${gatewayUrl}
  export TOKEN=${token}

  cd "$(mktemp -d)"

  # 1. ask
  curl -sS -X POST $API/v1/buyer/compute/requests -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
    -d '{"gpuTier":"H100","gpuCount":1,"tier":"ON_DEMAND","durationDays":1}' | tee rental.json
  ID=$(grep -o '"rentalId":"[^"]*' rental.json | head -n 1 | cut -d'"' -f4)

  # 2. pay
  ${wallet} < rental.json

  # 3. get a fresh key and go in
  (umask 077; curl -fsS -X POST $API/v1/buyer/rentals/$ID/access -H "Authorization: Bearer $TOKEN" -H 'Accept: application/x-pem-file' > key)
  curl -sS "$API/v1/buyer/rentals/$ID/access?wait=60" -H "Authorization: Bearer $TOKEN" | tee access.json
  eval "$(grep -o '"command":"[^"]*' access.json | cut -d'"' -f4) -i key"

  # stop when you like: what you did not use comes back by itself
  curl -sS -X POST $API/v1/buyer/rentals/$ID/stop -H "Authorization: Bearer $TOKEN"

An operator's token: ${operator}
Stop the platform: Ctrl-C
`;
}
