import type { Desk } from '../desk.ts'
import { replaceMetadata, showMetadata } from '../metadata.ts'
import { addRecipe, findRecipe, replaceRecipe } from '../recipes.ts'

const ALL = '/projects/:project/recipes'
const ONE = `${ALL}/:recipe`

/** Registers what the API does with recipes. */
export function registerRecipes({ store: { data }, serve }: Desk): void {
  serve('GET', ALL, ({ enter }) => Object.values(enter('read').recipes).map(({ recipe }) => recipe))
  serve('POST', ALL, ({ enter, body, caller, nowMs, takeRecipeFault }) => ({ name: addRecipe(enter('write'), body, data, takeRecipeFault()?.fault === 'renames', caller.login, nowMs) }))
  serve('GET', ONE, ({ enter, param }) => findRecipe(enter('read'), param('recipe')))
  serve('PUT', ONE, ({ enter, param, body, caller, nowMs }) => {
    const project = enter('write')
    replaceRecipe(project, findRecipe(project, param('recipe')), body, data, caller.login, nowMs)
  })
  serve('DELETE', ONE, ({ enter, param }) => {
    const project = enter('write')
    findRecipe(project, param('recipe'))
    delete project.recipes[param('recipe')]
  })
  serve('GET', `${ONE}/metadata`, ({ enter, param }) => showMetadata(findRecipe(enter('read'), param('recipe')).recipe))
  serve('PUT', `${ONE}/metadata`, ({ enter, param, body, caller, nowMs }) => {
    const kept = findRecipe(enter('write'), param('recipe'))
    kept.recipe = replaceMetadata(kept.recipe, body, caller.login, nowMs)
  })
}
