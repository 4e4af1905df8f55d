import { z } from 'zod'
import { ReplyError } from './reply.ts'

/** What a request brought: JSON, files, or nothing. */
export type Body = { readonly json?: unknown; readonly files?: readonly File[] }

/** Reads the body of a request. */
export async function readBody(request: Request): Promise<Body> {
  if (request.headers.get('content-type')?.startsWith('multipart/form-data') === true) {
    const form = await request.formData()
    return { files: [...form.values()].filter((value) => value instanceof File) }
  }
  const text = await request.text()
  try {
    return text === '' ? {} : { json: JSON.parse(text) }
  } catch {
    throw new ReplyError('IllegalArgumentException', 'Failed to parse the request body as JSON')
  }
}

/** Checks JSON, and says everything that does not fit at once. */
export function readJson<T>(schema: z.ZodType<T>, { json }: Body): T {
  const read = schema.safeParse(json)
  if (read.success) return read.data
  throw new ReplyError('IllegalArgumentException', read.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; '))
}
