import { type MantineColorScheme, SegmentedControl, useMantineColorScheme } from '@mantine/core'
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react'
import { LanguageSwitch } from './LanguageSwitch'
import styles from './Preferences.module.css'
import { leave, useSession } from './session'
import { useText } from './texts'

const appearances = { light: IconSun, dark: IconMoon, auto: IconDeviceDesktop }

/** Language, appearance, and the way out. */
export function Preferences() {
  const t = useText()
  const session = useSession()
  return (
    <div className={styles.preferences}>
      <LanguageSwitch label={t('language')} />
      <AppearanceSwitch />
      <div className={styles.member}>
        <span className={styles.name}>{session.name}</span>
        <button type="button" className={styles.out} onClick={() => void leave()}>
          {t('log_out')}
        </button>
      </div>
    </div>
  )
}

function AppearanceSwitch() {
  const t = useText()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const choices = Object.entries(appearances) as [keyof typeof appearances, typeof IconSun][]
  return (
    <SegmentedControl
      aria-label={t('appearance')}
      size="xs"
      fullWidth
      value={colorScheme}
      onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}
      data={choices.map(([scheme, Icon]) => ({
        value: scheme,
        label: <Icon role="img" aria-label={t(scheme)} size={16} className={styles.icon} />,
      }))}
    />
  )
}
