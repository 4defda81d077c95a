import { Agenda } from '#lib/sandbox/agenda.ts';
import { control } from '#lib/sandbox/controllers/control.ts';
import { EksUpdates } from '#lib/sandbox/eks-updates.ts';
import { KubernetesStore } from '#lib/sandbox/kubernetes-store.ts';
import { type Pace, USUAL_PACE } from '#lib/sandbox/pace.ts';
import type { World, WorldCluster } from '#lib/sandbox/world.ts';

export interface LiveWorldOptions {
  readonly now: () => Date;
  /** Milliseconds of the sandbox's own time. */
  readonly elapsed: () => number;
  readonly pace?: Partial<Pace>;
}

/** A cluster while it is served: EKS's part of this moment, and its objects. */
export interface LiveCluster {
  readonly name: string;
  readonly live: LiveWorld;
  readonly store: KubernetesStore;
  /** Of this moment. */
  readonly now: WorldCluster;
}

/** A world while it is served. The world that was given stays as it is: every change makes another one. */
export class LiveWorld {
  readonly agenda: Agenda;
  readonly pace: Pace;
  readonly updates = new EksUpdates();
  readonly #stores: ReadonlyMap<string, KubernetesStore>;
  #world: World;

  constructor(world: World, { now, elapsed, pace = {} }: LiveWorldOptions) {
    this.#world = world;
    this.agenda = new Agenda(elapsed, now);
    this.pace = { ...USUAL_PACE, ...pace };
    this.#stores = new Map(world.clusters.map((cluster) => [cluster.name, new KubernetesStore(cluster, this.agenda)]));
    for (const { name } of world.clusters) {
      const cluster = this.cluster(name);
      if (cluster !== undefined) control(cluster);
    }
  }

  /** As it is at this moment: whatever is due has happened. */
  get world(): World {
    this.agenda.settle();
    return this.#world;
  }

  /** What `change` names takes the place of what was. */
  edit(change: (world: World) => Partial<World>): void {
    this.#world = { ...this.#world, ...change(this.#world) };
  }

  editCluster(name: string, change: (cluster: WorldCluster) => Partial<WorldCluster>): void {
    this.edit(({ clusters }) => ({
      clusters: clusters.map((cluster) => (cluster.name === name ? { ...cluster, ...change(cluster) } : cluster)),
    }));
  }

  cluster(name: string): LiveCluster | undefined {
    const store = this.#stores.get(name);
    if (store === undefined) return undefined;
    const current = () => this.world.clusters.find((cluster) => cluster.name === name);
    const found = current();
    if (found === undefined) return undefined;
    return {
      name,
      live: this,
      store,
      get now() {
        return current() ?? found;
      },
    };
  }
}
