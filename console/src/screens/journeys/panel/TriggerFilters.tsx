import { type ComponentProps, lazy, Suspense } from 'react'
import type { FiltersField as Field } from '../../segment-builder/fields/FiltersField'

const Loaded = lazy(async () => {
  const { FiltersField } = await import('../../segment-builder/fields/FiltersField')
  return { default: FiltersField }
})

/** What the event that let somebody in was like: loaded when a form asks for it. */
export function TriggerFilters(props: ComponentProps<typeof Field>) {
  return (
    <Suspense>
      <Loaded {...props} />
    </Suspense>
  )
}
