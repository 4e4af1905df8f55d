/** How long a claim holds after each renewal, where nobody says otherwise. */
export const DEFAULT_TERM_MS = 30_000
