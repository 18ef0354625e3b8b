import { Reflector } from '@nestjs/core';
import type { Role } from '@tokenos/contracts/api/auth';
import { Public, Roles } from './access.js';
import { AuthGuard } from './auth.guard.js';
import type { TokenVerifier } from './token-verifier.js';

class Undeclared {
  route(): void {
    return;
  }
}

@Roles('buyer')
class Buyers {
  own(): void {
    return;
  }
  @Public()
  open(): void {
    return;
  }
}

const tokens: TokenVerifier = {
  verify: (token) => Promise.resolve({ id: token, roles: [token.split('.')[0] as Role] }),
};

async function enter(controller: new () => object, handler: () => void, authorization?: string): Promise<object> {
  const request = { headers: { authorization } };
  const context = {
    getHandler: () => handler,
    getClass: () => controller,
    switchToHttp: () => ({ getRequest: () => request }),
  };
  await new AuthGuard(new Reflector(), tokens).canActivate(context as never);
  return request;
}

describe('the guard', () => {
  const { own, open } = Buyers.prototype;

  it('refuses a route that says nothing of who may call it, to anyone', async () => {
    const { route } = Undeclared.prototype;
    await expect(enter(Undeclared, route, 'Bearer admin.x.y')).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('takes the word of a route before that of its controller', async () => {
    await expect(enter(Buyers, open)).resolves.toBeDefined();
    await expect(enter(Buyers, own)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('lets in whoever has the role, and says who it is', async () => {
    await expect(enter(Buyers, own, 'Bearer buyer.x.y')).resolves.toMatchObject({
      principal: { id: 'buyer.x.y', roles: ['buyer'] },
    });
    await expect(enter(Buyers, own, 'Bearer operator.x.y')).rejects.toMatchObject({ code: 'forbidden' });
  });
});
