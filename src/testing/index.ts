export { createFakeBackend, type FakeBackend, type FakeBackendOptions, type FakeCall, type FakeObject } from './fake-backend.ts'
export type { FakeChildInputs, FakeInputs, FakeOutputs, FakeProvider } from './fake-provider.ts'
export type { FakeCallName, FakeFault, FakeFaultKind } from './fault.ts'
export { manualClock, type ManualClock } from './manual-clock.ts'
