import { type ComponentProps, lazy, Suspense } from 'react'
import type { EventsField as Field } from '../../segment-builder/fields/EventFields'

const Loaded = lazy(async () => {
  const { EventsField } = await import('../../segment-builder/fields/EventFields')
  return { default: EventsField }
})

/** Which events: loaded when a form asks, for it brings the words of all conditions along. */
export function EventsField(props: ComponentProps<typeof Field>) {
  return (
    <Suspense>
      <Loaded {...props} />
    </Suspense>
  )
}
