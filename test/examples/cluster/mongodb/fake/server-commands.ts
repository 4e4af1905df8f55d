import { refuseUnless } from './refusal.ts'
import { keyOf, SERIES, seriesOf, setOf, type Command, type Self } from './server.ts'
import type { World } from './world.ts'

const WIRE_VERSIONS: Readonly<Record<string, number>> = { '5.0': 13, '6.0': 17, '7.0': 21, '8.0': 25 }

/** Commands that every server knows, with the refusals of real ones. */
export const serverCommands: Readonly<Record<string, Command>> = {
  hello: (_, self, world) => {
    const limits = { helloOk: true, maxBsonObjectSize: 16_777_216, maxMessageSizeBytes: 48_000_000, maxWriteBatchSize: 100_000, minWireVersion: 0, maxWireVersion: WIRE_VERSIONS[seriesOf(self.release)] ?? 25, readOnly: false }
    if (self.isRouter) return { isWritablePrimary: true, msg: 'isdbgrid', ...limits }
    if (self.setName === undefined) return { isWritablePrimary: true, ...limits }
    const set = setOf(self, world)
    const config = self.clusterRole === 'configsvr' ? { configsvr: 2 } : {}
    if (set === undefined) return { isWritablePrimary: false, secondary: false, info: 'Does not have a valid replica set config', isreplicaset: true, ...config, ...limits }
    const isPrimary = set.primary === self.address
    return { isWritablePrimary: isPrimary, secondary: !isPrimary && set.copying[self.address] === undefined, setName: set.config._id, setVersion: set.config.version, hosts: set.config.members.map(({ host }) => host), ...(set.primary !== undefined && { primary: set.primary }), me: self.address, ...config, ...limits }
  },
  ping: () => ({}),
  buildInfo: (_, { release }) => ({ version: release, versionArray: [...release.split('.').map(Number), 0] }),
  getParameter: ({ featureCompatibilityVersion: isAsked }, self, world) => {
    refuseUnless(isAsked === 1 && !self.isRouter, 72, 'InvalidOptions', 'no option found to get')
    return { featureCompatibilityVersion: world.compatibility[keyOf(self)] }
  },
  setFeatureCompatibilityVersion: ({ setFeatureCompatibilityVersion: version, confirm }, self, world) => {
    checkCompatibility(String(version), confirm, self, world)
    for (const key of keysOf(self, world)) world.compatibility[key] = { version: String(version) }
    return {}
  },
}

/** It is begun, and what broke it off has left it so. */
export function beginCompatibility(version: string, self: Self, world: World): void {
  for (const key of keysOf(self, world)) world.compatibility[key] = { ...(world.compatibility[key] as { version: string }), targetVersion: version }
}

function checkCompatibility(version: string, confirm: unknown, self: Self, world: World): void {
  const now = SERIES.indexOf(seriesOf(self.release))
  refuseUnless(SERIES.slice(Math.max(0, now - 1), now + 1).includes(version), 2, 'BadValue', `Invalid feature compatibility version value ${version}; expected ${SERIES[now - 1]} or ${SERIES[now]}`)
  if (now >= SERIES.indexOf('7.0')) refuseUnless(confirm === true, 7_369_100, 'Location7369100', `Once you have changed the version to ${version}, you will not be able to go back easily. To make this change, run the command with { confirm: true }`)
  else refuseUnless(confirm === undefined, 40_415, 'Location40415', "BSON field 'setFeatureCompatibilityVersion.confirm' is an unknown field.")
  refuseUnless(self.isRouter || self.setName === undefined || setOf(self, world)?.primary === self.address, 10_107, 'NotWritablePrimary', 'not primary')
}

/** A router tells the config servers and all shards. */
function keysOf(self: Self, world: World): readonly string[] {
  return self.isRouter ? Object.keys(world.sets) : [keyOf(self)]
}
