import { problem as problemSchema } from '@tokenos/contracts/api/problem';
import { BadRequestException, HttpException, NotFoundException } from '@nestjs/common';
import { statusOf } from './domain-statuses.js';
import { bodyOf, problemFrom } from './problem.filter.js';
import { Problem, problemOf, refusal } from './problem.js';

describe('a problem', () => {
  it('made of a domain rejection keeps its code, explains itself and points at the field', () => {
    const problem = refusal({ code: 'bad_gpu_count', context: { gpuCount: 0, max: 8 } });
    expect(bodyOf(problem, 'request-1')).toEqual({
      type: '/docs#bad_gpu_count',
      title: 'bad gpu count',
      status: 422,
      detail: 'gpuCount must be a whole number from 1 to 8, not 0.',
      code: 'bad_gpu_count',
      instance: 'request-1',
      errors: [{ pointer: '/gpuCount', detail: 'gpuCount must be a whole number from 1 to 8, not 0.' }],
    });
  });

  it('is written as the schema says, with and without errors', () => {
    for (const problem of [
      problemOf('not_found'),
      refusal({ code: 'bad_rate', context: { rateMicroUsdcPerHour: 0n } }),
    ]) {
      expect(problemSchema.parse(bodyOf(problem, 'request-1'))).toBeDefined();
    }
  });

  it('never answers a domain rejection with success or with a fault of ours', () => {
    for (const status of Object.values(statusOf)) expect([404, 409, 422]).toContain(status);
  });

  const fastify = (code: string, statusCode: number) =>
    new HttpException('x', statusCode, { cause: Object.assign(new Error('x'), { code }) });

  it.each([
    [fastify('FST_ERR_CTP_INVALID_JSON_BODY', 400), 'malformed_json'],
    [fastify('FST_ERR_CTP_EMPTY_JSON_BODY', 400), 'malformed_json'],
    [fastify('FST_ERR_CTP_BODY_TOO_LARGE', 413), 'payload_too_large'],
    [fastify('FST_ERR_CTP_INVALID_MEDIA_TYPE', 415), 'unsupported_media_type'],
    [new NotFoundException(), 'not_found'],
    [new BadRequestException(), 'invalid_request'],
    [problemOf('rate_limited'), 'rate_limited'],
  ])('is found in %p', (error, code) => {
    expect(problemFrom(error)?.code).toBe(code);
  });

  it.each([[new Error('the password is 1234')], [new HttpException('x', 500)], [null], ['text'], [undefined]])(
    'is not made of what nobody expected: %p',
    (error) => {
      expect(problemFrom(error)).toBeNull();
    },
  );

  it('is itself an error, so that it can be thrown', () => {
    expect(problemOf('internal')).toBeInstanceOf(Problem);
    expect(problemOf('internal').message).not.toContain('password');
  });
});
