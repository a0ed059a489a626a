import {
  type Answer,
  type Exchange,
  jsonBody,
  type Random,
  type Service,
  seededRandom,
  seededUuid,
  WireError,
} from '../kernel/index.ts';
import { createAlias, deleteAlias, getAlias, listAliases, updateAlias, wantedAlias } from './aliases.ts';
import { CodeDownloads } from './downloads.ts';
import {
  createFunction,
  deleteFunction,
  getFunction,
  getFunctionConfiguration,
  listFunctions,
  updateFunctionCode,
  updateFunctionConfiguration,
} from './functions.ts';
import { invoke } from './invoke.ts';
import { loadFunctions, type WorldFunctions } from './load.ts';
import { LambdaState } from './model.ts';
import { parseReference } from './names.ts';
import {
  deleteProvisionedConcurrency,
  getProvisionedConcurrency,
  listProvisionedConcurrency,
  putProvisionedConcurrency,
} from './provisioned.ts';
import { listVersionsByFunction, publishVersion } from './publishing.ts';
import type { LambdaRequest } from './request.ts';
import { Runtime } from './runtime.ts';

export interface LambdaDependencies extends WorldFunctions {
  readonly seed: number;
  url(): string;
}

type Operation = (request: LambdaRequest) => Answer | Promise<Answer>;

/** Method and path below `/{date}/functions`; F stands for a function, A for an alias. */
const ROUTES: Readonly<Record<string, string>> = {
  'POST 2015-03-31': 'CreateFunction',
  'GET 2015-03-31': 'ListFunctions',
  'GET 2015-03-31 F': 'GetFunction',
  'DELETE 2015-03-31 F': 'DeleteFunction',
  'GET 2015-03-31 F/configuration': 'GetFunctionConfiguration',
  'PUT 2015-03-31 F/configuration': 'UpdateFunctionConfiguration',
  'PUT 2015-03-31 F/code': 'UpdateFunctionCode',
  'POST 2015-03-31 F/versions': 'PublishVersion',
  'GET 2015-03-31 F/versions': 'ListVersionsByFunction',
  'POST 2015-03-31 F/aliases': 'CreateAlias',
  'GET 2015-03-31 F/aliases': 'ListAliases',
  'GET 2015-03-31 F/aliases/A': 'GetAlias',
  'PUT 2015-03-31 F/aliases/A': 'UpdateAlias',
  'DELETE 2015-03-31 F/aliases/A': 'DeleteAlias',
  'POST 2015-03-31 F/invocations': 'Invoke',
  'PUT 2019-09-30 F/provisioned-concurrency': 'PutProvisionedConcurrencyConfig',
  'GET 2019-09-30 F/provisioned-concurrency': 'GetProvisionedConcurrencyConfig',
  'DELETE 2019-09-30 F/provisioned-concurrency': 'DeleteProvisionedConcurrencyConfig',
};

/** Lambda's REST-JSON, with its own word for whatever goes wrong. `state` is what traffic and tests read. */
export async function createLambdaService(
  dependencies: LambdaDependencies,
): Promise<{ readonly service: Service; readonly state: LambdaState }> {
  const state = new LambdaState();
  const identities = seededRandom(dependencies.seed + 11);
  const random: Random = seededRandom(dependencies.seed + 13);
  const uuid = () => seededUuid(identities);
  await loadFunctions(state, dependencies, uuid);
  const downloads = new CodeDownloads(dependencies.url);
  const runtime = new Runtime(dependencies.url);

  const operations: Readonly<Record<string, Operation>> = {
    CreateFunction: createFunction,
    ListFunctions: listFunctions,
    GetFunction: (request) => getFunction(request, downloads),
    GetFunctionConfiguration: getFunctionConfiguration,
    UpdateFunctionCode: updateFunctionCode,
    UpdateFunctionConfiguration: updateFunctionConfiguration,
    DeleteFunction: deleteFunction,
    PublishVersion: publishVersion,
    ListVersionsByFunction: listVersionsByFunction,
    CreateAlias: createAlias,
    GetAlias: getAlias,
    ListAliases: listAliases,
    UpdateAlias: updateAlias,
    DeleteAlias: deleteAlias,
    Invoke: (request) => invoke(request, { runtime, random }),
    PutProvisionedConcurrencyConfig: putProvisionedConcurrency,
    GetProvisionedConcurrencyConfig: getProvisionedConcurrency,
    ListProvisionedConcurrencyConfigs: listProvisionedConcurrency,
    DeleteProvisionedConcurrencyConfig: deleteProvisionedConcurrency,
    DownloadCode: ({ exchange }) => downloads.answer(exchange),
  };

  const service: Service = {
    name: 'lambda',
    operation: (exchange) => (downloads.isDownload(exchange) ? 'DownloadCode' : routeOf(exchange)?.operation),
    handle(name, exchange) {
      const operation = operations[name];
      if (operation === undefined)
        throw new WireError(501, 'NotImplemented', `Lambda ${name} is not known here.`);
      const { functionName = '', aliasName = '' } = routeOf(exchange) ?? {};
      return operation({ state, exchange, now: exchange.now, functionName, aliasName, uuid });
    },
    failure: lambdaFailure,
    subject: (name, exchange) => subjectOf(name, exchange, state),
    close: () => runtime.close(),
  };
  return { service, state };
}

interface Route {
  readonly operation: string;
  readonly functionName: string;
  readonly aliasName: string;
}

function routeOf({ method, url }: Exchange): Route | undefined {
  const [, date, functions, name, room, alias, ...rest] = url.pathname.replace(/\/$/, '').split('/');
  if (functions !== 'functions' || rest.length > 0) return undefined;
  const shape = [name && 'F', room, alias && 'A'].filter(Boolean).join('/');
  const operation = ROUTES[`${method} ${date} ${shape}`.trim()];
  if (operation === undefined) return undefined;
  const lists = operation === 'GetProvisionedConcurrencyConfig' && url.searchParams.get('List') === 'ALL';
  return {
    operation: lists ? 'ListProvisionedConcurrencyConfigs' : operation,
    functionName: decodeURIComponent(name ?? ''),
    aliasName: decodeURIComponent(alias ?? ''),
  };
}

function subjectOf(
  operation: string,
  exchange: Exchange,
  state: LambdaState,
): Readonly<Record<string, string>> {
  const { functionName = '', aliasName = '' } = routeOf(exchange) ?? {};
  const qualifier = exchange.url.searchParams.get('Qualifier');
  const subject = {
    ...(functionName ? { function: functionName } : {}),
    ...(aliasName ? { alias: aliasName } : {}),
    ...(qualifier ? { qualifier } : {}),
  };
  if (operation !== 'CreateAlias' && operation !== 'UpdateAlias') return subject;
  const body = jsonBody(exchange);
  const { name, ...scope } = parseReference(functionName, exchange, undefined);
  const former = state.find(scope, name)?.aliases.get(aliasName);
  const named = operation === 'CreateAlias' && typeof body.Name === 'string' ? { alias: body.Name } : {};
  return { ...subject, ...named, ...wantedAlias(body, former) };
}

/** Lambda's error document; a 429 carries its Reason and when to come again. */
function lambdaFailure(_exchange: Exchange, status: number, code: string, message: string): Answer {
  const throttled = status === 429;
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'x-amzn-errortype': code,
      ...(throttled ? { 'retry-after': '1' } : {}),
    },
    body: JSON.stringify({
      Type: status < 500 ? 'User' : 'Service',
      Message: message,
      ...(throttled ? { Reason: 'CallerRateLimitExceeded' } : {}),
    }),
  };
}
