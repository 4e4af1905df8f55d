import { fileStore } from '../../src/node/file-store.ts'
import { appendForever } from '../store/append-forever.ts'

const [dir = '', stack = ''] = process.argv.slice(2)

void appendForever(fileStore(dir), stack)
