import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { PersonaSet } from '@/api/generated'
import {
  assignPersonasMutation,
  getPersonasQueryKey,
} from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { Bars, Section, toast, toastFailure, useErrorLine } from '@/design'
import { useFormat } from '@/language/format'
import { useText } from './texts'
import { useNaming } from './words'

/** Personas somebody set down as rules: everybody is of the first that fits. */
export function Defined({ defined }: { defined: PersonaSet }) {
  const t = useText()
  const format = useFormat()
  const naming = useNaming()
  const errorLine = useErrorLine()
  const mayWrite = useMay('write')
  const client = useQueryClient()
  const assign = useMutation({
    ...assignPersonasMutation(),
    onSuccess: () => {
      client.invalidateQueries({ queryKey: getPersonasQueryKey() })
      toast(t('assigned'))
    },
    onError: (error) => toastFailure(errorLine(error)),
  })
  const again = (
    <Button variant="default" loading={assign.isPending} onClick={() => assign.mutate({})}>
      {t('assign')}
    </Button>
  )
  return (
    <Section
      title={t('defined')}
      note={t('defined_note', { date: format.instant(defined.made_at) })}
      aside={mayWrite && again}
    >
      <Bars
        title={t('division_of', { count: defined.n_people })}
        headers={[t('persona'), t('size')]}
        points={defined.personas.map((one) => ({
          label: naming(one),
          value: one.size,
          text: t('people', { count: one.size }),
          note: format.percent(one.share, 0),
        }))}
      />
    </Section>
  )
}
