import { useDisclosure } from '@mantine/hooks'
import { IconMenu2 } from '@tabler/icons-react'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { Dialog } from '@/design'
import { Navigation } from './Navigation'
import { Preferences } from './Preferences'
import styles from './Shell.module.css'
import { useShop } from './session'
import { useText } from './texts'

/** The frame around every screen: navigation at the side, on small screens behind a button. */
export function Shell() {
  const t = useText()
  const [isOpen, menu] = useDisclosure()
  const main = useFocusOnNavigation(menu.close)
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main">
        {t('skip')}
      </a>
      <header className={styles.rail}>
        <Brand />
        <nav className={styles.wide} aria-label={t('navigation')}>
          <Navigation />
        </nav>
        <div className={styles.wide}>
          <Preferences />
        </div>
        <button type="button" className={styles.menu} aria-expanded={isOpen} onClick={menu.open}>
          <IconMenu2 aria-hidden size={20} /> {t('menu')}
        </button>
      </header>
      {isOpen && (
        <Dialog title={t('menu')} onClose={menu.close} isAtSide>
          <nav aria-label={t('navigation')}>
            <Navigation />
          </nav>
          <Preferences />
        </Dialog>
      )}
      <main id="main" ref={main} tabIndex={-1} className={styles.main}>
        <Outlet />
      </main>
    </div>
  )
}

function Brand() {
  return (
    <Link to="/" className={styles.brand}>
      <img src="/favicon.ico" alt="" width={28} height={28} />
      <span>
        Kikubari<small>{useShop().name}</small>
      </span>
    </Link>
  )
}

/** Puts the focus on the new screen after a step, so that the keyboard and a voice go on there. */
function useFocusOnNavigation(onNavigation: () => void) {
  const main = useRef<HTMLElement>(null)
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname })
  const last = useRef<string>(undefined)
  useEffect(() => {
    if (last.current !== undefined && path !== undefined && last.current !== path) {
      onNavigation()
      main.current?.focus({ preventScroll: true })
    }
    last.current = path
  }, [path, onNavigation])
  return main
}
