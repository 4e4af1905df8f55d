/** What the id of a node is: its pool's UUID, a `/`, and the identifier of the LogPoint. */
export const NODE_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\/[0-9a-f]{32}$/i

/** Where the objects of a node are. */
export function pathOfNode(node: string): string {
  return `/configapi/${node.split('/').map(encodeURIComponent).join('/')}`
}
