import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useRefusal } from '@/account/refusals'
import { renewRecoveryCodes } from '@/api/generated'
import { Section, toastFailure } from '@/design'
import styles from './SettingsPage.module.css'
import { Copy } from './ShownOnce'
import type { SectionProps } from './sections'
import { useText } from './texts'

/** Codes for the day the phone is lost. */
export function RecoverySection({ left, run, onChange }: SectionProps & { left: number }) {
  const t = useText()
  const refusal = useRefusal()
  const [codes, setCodes] = useState<string[]>()
  const renew = useMutation({
    mutationFn: () =>
      run(async () => (await renewRecoveryCodes({ throwOnError: true })).data.codes),
    onSuccess: async (made) => {
      setCodes(made)
      await onChange()
    },
    onError: (error) => toastFailure(refusal(error)),
  })
  return (
    <Section title={t('codes')} note={t('codes_left', { count: left })}>
      <div className={styles.stack}>
        {codes && <RecoveryCodes codes={codes} />}
        <Button variant="default" loading={renew.isPending} onClick={() => renew.mutate()}>
          {t('codes_renew')}
        </Button>
      </div>
    </Section>
  )
}

export function RecoveryCodes({ codes }: { codes: string[] }) {
  const t = useText()
  return (
    <div className={styles.shown} role="status">
      <p>{t('codes_once')}</p>
      <ul className={styles.codes}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Copy value={codes.join('\n')} label={t('codes_copy')} />
    </div>
  )
}
