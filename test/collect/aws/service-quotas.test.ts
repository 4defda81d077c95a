import { DescribeNetworkInterfacesCommand } from '@aws-sdk/client-ec2';
import { GetAWSDefaultServiceQuotaCommand, type GetServiceQuotaCommand } from '@aws-sdk/client-service-quotas';
import { describe, expect, it } from 'vitest';
import { awsFailure } from '#lib/collect/aws/failure.ts';
import { serviceQuotas } from '#lib/collect/aws/service-quotas.ts';
import type { Sources } from '#lib/collect/sources.ts';
import type { ServiceQuota } from '#lib/model/service-quota.ts';
import { aSnapshot } from '#test/scenarios/slices.ts';

const INTERFACES = 'L-DF5E4CA3';
const DEFAULTS: Readonly<Record<string, number>> = { [INTERFACES]: 5000, 'L-0EA8095F': 60, 'L-2AFB9258': 5 };

const refused = (action: string, name: string) => awsFailure(Object.assign(new Error('no'), { name }), { action: `${action}` });

interface Given {
  /** Applied quotas by code; an error's name instead is thrown. */
  readonly applied?: Readonly<Record<string, number | string>>;
  readonly defaults?: string;
  /** Interfaces on each page, or the name of an error. */
  readonly pages?: readonly (number | string)[];
}

async function collect({ applied = {}, defaults, pages = [0] }: Given) {
  const counted: object[] = [];
  const quotas = async (command: GetServiceQuotaCommand | GetAWSDefaultServiceQuotaCommand) => {
    const { ServiceCode, QuotaCode = '' } = command.input;
    const isDefault = command instanceof GetAWSDefaultServiceQuotaCommand;
    const value = isDefault ? (defaults ?? DEFAULTS[QuotaCode]) : (applied[QuotaCode] ?? 'NoSuchResourceException');
    if (typeof value === 'string') throw refused('servicequotas:GetServiceQuota', value);
    return { Quota: { ServiceCode, QuotaCode, QuotaName: `quota ${QuotaCode}`, Value: value } };
  };
  const ec2 = async (command: unknown) => {
    expect(command).toBeInstanceOf(DescribeNetworkInterfacesCommand);
    const page = counted.push((command as DescribeNetworkInterfacesCommand).input) - 1;
    const size = pages[page] ?? 0;
    if (typeof size === 'string') throw refused('ec2:DescribeNetworkInterfaces', size);
    return {
      NetworkInterfaces: Array.from({ length: size }, () => ({})),
      NextToken: page + 1 < pages.length ? `page-${page + 1}` : '',
    };
  };
  const sources = { serviceQuotas: quotas, ec2, target: aSnapshot().target } as unknown as Sources;
  const found = (await serviceQuotas.collect(sources, aSnapshot().slices)) as ServiceQuota[];
  return { counted, found, interfaces: found.find(({ quotaCode }) => quotaCode === INTERFACES) };
}

describe('quotas', () => {
  it('are those that were applied, and AWS’s defaults where none was', async () => {
    const { found } = await collect({ applied: { [INTERFACES]: 9000 } });
    expect(found.map(({ serviceCode, quotaCode, value }) => [serviceCode, quotaCode, value])).toEqual([
      ['vpc', INTERFACES, 9000],
      ['vpc', 'L-0EA8095F', 60],
      ['vpc', 'L-2AFB9258', 5],
    ]);
  });

  it.each<[string, Given, string]>([
    ['denied', { applied: { [INTERFACES]: 'AccessDeniedException' } }, 'AccessDenied'],
    ['throttled', { applied: { 'L-0EA8095F': 'TooManyRequestsException' } }, 'Throttled'],
    ['the default denied', { defaults: 'AccessDeniedException' }, 'AccessDenied'],
  ])('%s: no default is taken for what could not be read', async (_, given, code) => {
    await expect(collect(given)).rejects.toMatchObject({ code });
  });
});

describe('the interfaces of the Region', () => {
  it.each<[string, number[], number]>([
    ['none', [0], 0],
    ['one page', [700], 700],
    ['several pages, one of them empty', [1000, 0, 12], 1012],
    ['as many as are counted, and no more', Array.from({ length: 20 }, () => 1000), 20_000],
  ])('%s', async (_, pages, used) => {
    const { interfaces, counted } = await collect({ pages });
    expect(interfaces).toMatchObject({ used });
    expect(interfaces).not.toHaveProperty('usedIsLowerBound');
    expect(counted).toHaveLength(pages.length);
    const Filters = [{ Name: 'owner-id', Values: [aSnapshot().target.account] }];
    expect(counted.slice(0, 2)).toEqual(
      [
        { Filters, MaxResults: 1000 },
        { Filters, MaxResults: 1000, NextToken: 'page-1' },
      ].slice(0, pages.length),
    );
  });

  it('more than twenty pages are a lower bound', async () => {
    const { interfaces, counted } = await collect({ pages: Array.from({ length: 30 }, () => 1000) });
    expect(interfaces).toMatchObject({ used: 20_000, usedIsLowerBound: true });
    expect(counted).toHaveLength(20);
  });

  it.each<[string, (number | string)[]]>([
    ['at once', ['UnauthorizedOperation']],
    ['after some pages: half a count is none', [1000, 1000, 'RequestLimitExceeded']],
  ])('that could not be counted %s are not known, and the quotas are', async (_, pages) => {
    const { interfaces, found } = await collect({ pages });
    expect(found).toHaveLength(3);
    expect(interfaces).toMatchObject({ value: 5000, usedUnread: expect.stringContaining('ec2:DescribeNetworkInterfaces') });
    expect(interfaces).not.toHaveProperty('used');
  });
});
