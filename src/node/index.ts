export { environment } from './environment.ts'
export { fileStore, type FileStoreOptions } from './file-store.ts'
export type { FileSystem } from './file-system.ts'
