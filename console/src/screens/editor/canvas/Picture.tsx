import { IconPhoto } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { isWebAddress } from '@/design/addresses'
import type { Of } from '../blocks/model'
import { useText } from '../texts'
import type { ViewProps } from './BlockView'
import styles from './BlockView.module.css'

const DroppedPicture = lazy(() => import('../images/DroppedPicture'))

type Props = Pick<ViewProps<Of<'image'>>, 'block' | 'onChange'>

/** A picture, or a place for one, that takes a file which is dropped on it. */
export function Picture(props: Props) {
  const shown = <Shown block={props.block} />
  return (
    <Suspense fallback={shown}>
      <DroppedPicture {...props}>{shown}</DroppedPicture>
    </Suspense>
  )
}

/** None yet, one that cannot be loaded, one that Liquid chooses: these have a place only. */
function Shown({ block }: Pick<Props, 'block'>) {
  const t = useText()
  const [failed, setFailed] = useState('')
  const { src, alt = '', align = 'center', width, height } = block
  const isShown = src && !src.includes('{{') && isWebAddress(src) && failed !== src
  return (
    <div className={styles[align]}>
      {isShown ? (
        <img
          className={styles.image}
          src={src}
          alt={alt}
          width={width ?? undefined}
          height={height ?? undefined}
          onError={() => setFailed(src)}
        />
      ) : (
        <p className={styles.noImage}>
          <IconPhoto aria-hidden size={22} />
          {src ? alt || src : t('image_empty')}
        </p>
      )}
    </div>
  )
}
