import { Button } from '@mantine/core'
import { useMay } from '@/app/session'
import { useMakeSegment } from '../segments/useMakeSegment'
import { useText } from './texts'

/** Makes a segment of a stored list and leads there. */
export function MakeSegment({ listId, name }: { listId: string; name: string }) {
  const t = useText()
  const mayWrite = useMay('write')
  const { make, isMaking } = useMakeSegment()
  if (!mayWrite) return null
  return (
    <Button
      variant="default"
      loading={isMaking}
      onClick={() => make(name, { type: 'list', list: listId })}
    >
      {t('make_segment')}
    </Button>
  )
}
