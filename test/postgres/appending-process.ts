import { postgresStore } from '../../src/postgres/postgres-store.ts'
import { appendForever } from '../store/append-forever.ts'

const [url = '', stack = '', termMs = '0'] = process.argv.slice(2)

void appendForever(postgresStore({ connectionString: url }), stack, { termMs: Number(termMs) })
