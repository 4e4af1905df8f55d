export { createHttpClient, pathOf, type HttpClient, type HttpClientOptions, type HttpRequest } from './http.ts'
export { fetchAll, type Pagination } from './pagination.ts'
export { restType, type Body, type RestDescription } from './rest-type.ts'
