import { describe, expect, test } from '@jest/globals';
import { cborAnswer, cborBody, cborOperation } from './cbor.ts';
import { jsonBody, jsonFailure, targetOperation } from './json.ts';
import { formTree, queryAction, xmlAnswer } from './query.ts';
import type { Exchange } from './service.ts';
import { signatureScope } from './signature.ts';

function exchange(path: string, headers: Record<string, string>, body: string | Uint8Array = ''): Exchange {
  const url = new URL(path, 'http://sandbox');
  const where = { account: '111111111111', region: 'af-south-1', now: 0, requestId: 'r-1' };
  return { method: 'POST', url, headers, body: Buffer.from(body), ...where };
}

describe('signatures', () => {
  test('header and presigned query tell account, region and service', () => {
    const scope = { accessKey: '111111111111', region: 'af-south-1', service: 'lambda' };
    const credential = '111111111111/20260303/af-south-1/lambda/aws4_request';
    const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`;
    expect(signatureScope({ authorization }, new URLSearchParams())).toEqual(scope);
    expect(signatureScope({}, new URLSearchParams({ 'X-Amz-Credential': credential }))).toEqual(scope);
  });
  test.each(['', 'Bearer token', 'AWS4-HMAC-SHA256 Credential=1/2', 'Basic AWS4'])(
    '%j is unsigned',
    (authorization) => {
      expect(signatureScope({ authorization }, new URLSearchParams())).toBeUndefined();
    },
  );
});

describe('AWS JSON', () => {
  const json = (body: string) =>
    exchange(
      '/',
      { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.GetParameter' },
      body,
    );
  test('the target names the operation of one service only', () => {
    expect(targetOperation(json('{}'), 'AmazonSSM')).toBe('GetParameter');
    expect(targetOperation(json('{}'), 'DynamoDB_20120810')).toBeUndefined();
  });
  test.each(['{', '[]', 'null', '1'])('the body %j is a SerializationException', (body) => {
    expect(() => jsonBody(json(body))).toThrow(
      expect.objectContaining({ code: 'SerializationException', status: 400 }),
    );
  });
  test('a failure names its type in header and body, and keeps the content type', () => {
    expect(jsonFailure(json('{}'), 400, 'ValidationException', 'No.', { Reason: 'x' })).toEqual({
      status: 400,
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': 'ValidationException' },
      body: '{"__type":"ValidationException","Reason":"x","message":"No."}',
    });
  });
});

describe('RPC v2 CBOR', () => {
  test('operation, body and answer, with times', () => {
    const value = { Name: 'x', At: new Date('2026-03-03T20:00:00Z'), List: [1, 2.5], None: undefined };
    const answer = cborAnswer(value);
    const sent = exchange(
      '/service/GraniteServiceVersion20100801/operation/GetMetricData',
      { 'smithy-protocol': 'rpc-v2-cbor' },
      answer.body instanceof Uint8Array ? answer.body : '',
    );
    expect(cborOperation(sent, 'GraniteServiceVersion20100801')).toBe('GetMetricData');
    expect(cborOperation(sent, 'Other')).toBeUndefined();
    const { None: _none, ...rest } = value;
    expect(cborBody(sent)).toEqual(rest);
  });
  test('what is not CBOR is a SerializationException', () => {
    const broken = exchange(
      '/service/S/operation/O',
      { 'smithy-protocol': 'rpc-v2-cbor' },
      Buffer.from([0x5f, 0xff, 0x9f]),
    );
    expect(() => cborBody(broken)).toThrow(expect.objectContaining({ code: 'SerializationException' }));
  });
});

describe('AWS query', () => {
  test('the action belongs to the API version', () => {
    const form = 'Action=GetCallerIdentity&Version=2011-06-15';
    const sent = exchange('/', { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }, form);
    expect(queryAction(sent, '2011-06-15')).toBe('GetCallerIdentity');
    expect(queryAction(sent, '2010-08-01')).toBeUndefined();
  });
  test('dotted names become lists and structures', () => {
    const form = new URLSearchParams({
      Action: 'A',
      Version: '1',
      Namespace: 'AWS/Lambda',
      'Dimensions.member.1.Name': 'FunctionName',
      'Dimensions.member.1.Value': 'f',
      'Dimensions.member.2.Name': 'Resource',
      'Statistics.member.10': 'Sum',
      'Statistics.member.2': 'Average',
    });
    expect(formTree(form)).toEqual({
      Namespace: 'AWS/Lambda',
      Dimensions: [{ Name: 'FunctionName', Value: 'f' }, { Name: 'Resource' }],
      Statistics: ['Average', 'Sum'],
    });
  });
  test('answers escape what they hold', () => {
    const answer = xmlAnswer(exchange('/', {}), 'Do', 'urn:x', {
      A: 'a<b&"c"',
      L: [{ N: 1 }, { N: 2 }],
      U: undefined,
    });
    expect(answer.body).toBe(
      '<DoResponse xmlns="urn:x"><DoResult><A>a&lt;b&amp;&quot;c&quot;</A><L><member><N>1</N></member><member><N>2</N></member></L></DoResult>' +
        '<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></DoResponse>',
    );
  });
});
