import { asClause } from '#lib/model/failure.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import type { CoreDnsCorefile, CorefileFault } from '#lib/network/dns/coredns-corefile.ts';

const RESOURCE: Judgement['resource'] = { kind: 'config-map', id: 'kube-system/coredns', name: 'coredns' };

/** What CoreDNS is told to do. */
export function corefileFinding(corefile: CoreDnsCorefile): Judgement {
  const { verdict, told } = corefileVerdict(corefile);
  return {
    verdict,
    resource: RESOURCE,
    summary: `${told}.`,
    evidence: corefileEvidence(corefile),
    ...(verdict === 'critical' ? { timeToImpact: 'immediate' } : {}),
  };
}

export function corefileEvidence(corefile: CoreDnsCorefile): { readonly corefile: Judgement['evidence'][string] } {
  if (corefile.state !== 'read') return { corefile: { state: corefile.state, reason: corefile.reason } };
  const { faults, clusterDomains, forwards, plugins, imports } = corefile;
  return {
    corefile: {
      state: faults.length > 0 ? 'faulty' : 'read',
      faults: faults.map((fault) => ({ ...fault })),
      clusterDomains: [...clusterDomains],
      forwards: [...forwards],
      ...plugins,
      imports: [...imports],
    },
  };
}

function corefileVerdict(corefile: CoreDnsCorefile): { readonly verdict: Verdict; readonly told: string } {
  switch (corefile.state) {
    case 'unread':
      return { verdict: 'unknown', told: `The Corefile of CoreDNS was not read: ${asClause(corefile.reason)}` };
    case 'missing':
      return { verdict: 'warning', told: `CoreDNS has no Corefile that can be found: ${corefile.reason}` };
    case 'broken':
      return {
        verdict: 'warning',
        told: `The Corefile breaks off at line ${corefile.line}: ${corefile.reason}; CoreDNS goes on with the one it has, and its pods fail at their next start`,
      };
    case 'read':
      return faultVerdict(corefile);
  }
}

function faultVerdict({ faults, clusterDomains, forwards, imports }: Extract<CoreDnsCorefile, { state: 'read' }>) {
  if (faults.length > 0) {
    // Names of the internet may be shut out on purpose; those of the cluster never are.
    const verdict: Verdict = faults.every(({ kind }) => kind === 'no-forward') ? 'warning' : 'critical';
    return { verdict, told: `The Corefile of CoreDNS ${faults.map(inWords).join(', and ')}` };
  }
  const hidden = imports.length > 0 ? `, and imports ${imports.join(', ')}, which cannot be read` : '';
  const domains = clusterDomains.join(', ') || 'no domain of a cluster that can be seen';
  const told = `The Corefile of CoreDNS answers for ${domains} and forwards to ${forwards.join(', ') || 'nothing that can be seen'}${hidden}`;
  const whole = clusterDomains.length > 0 && forwards.length > 0;
  return { verdict: (whole || imports.length === 0 ? 'ok' : 'unknown') as Verdict, told };
}

function inWords(fault: CorefileFault): string {
  switch (fault.kind) {
    case 'no-kubernetes':
      return "lacks the plugin kubernetes, so that no Service's name resolves";
    case 'no-forward':
      return 'forwards to nobody, so that no name outside of the cluster resolves';
    case 'no-server-on-port':
      return `has no server on port ${fault.port}, which the Service sends to`;
    case 'forwards-to-itself':
      return `forwards ${fault.zone === '.' ? 'every other name' : fault.zone} to ${fault.to}, which is CoreDNS itself`;
  }
}
