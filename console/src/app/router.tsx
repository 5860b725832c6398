import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router'
import { NotFound } from './NotFound'
import { RouteError, ShellError } from './RouteError'
import { Shell } from './Shell'
import { screens } from './screen'
import { requireMember } from './session'

const root = createRootRoute()
const forMembers = createRoute({
  getParentRoute: () => root,
  id: 'members',
  beforeLoad: requireMember,
  component: Shell,
  errorComponent: ShellError,
})
const nowhere = createRoute({ getParentRoute: () => forMembers, path: '$', component: NotFound })

const routes = screens.flatMap((screen) => screen.routes)
const createScreenRoute =
  (parent: typeof root | typeof forMembers) => (route: (typeof routes)[0]) =>
    createRoute({
      getParentRoute: () => parent as typeof root,
      path: route.path,
      component: lazyRouteComponent(route.load),
    })

export const router = createRouter({
  basepath: '/app',
  routeTree: root.addChildren([
    forMembers.addChildren([
      nowhere,
      ...routes.filter((one) => !one.isPublic).map(createScreenRoute(forMembers)),
    ]),
    ...routes.filter((one) => one.isPublic).map(createScreenRoute(root)),
  ]),
  defaultErrorComponent: RouteError,
  defaultPreload: 'intent',
  scrollRestoration: true,
})
