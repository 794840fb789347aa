/** A part of a page whose code is fetched when it is first drawn. */
import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'

type Shown<P> = { Part: ComponentType<P> }

interface Meanwhile {
  /** While it is awaited, and where it could not be fetched. */
  wait: ComponentType
  failed: ComponentType
}

/** Return a component that fetches its code once, and draws something else until it is there. */
export function late<P extends object>(load: () => Promise<ComponentType<P>>, { wait: Wait, failed: Failed }: Meanwhile): ComponentType<P> {
  let known: Shown<P> | null = null
  return function Late(props: P) {
    const [shown, setShown] = useState(known)
    const [failed, setFailed] = useState(false)
    useEffect(() => {
      if (known) return
      let wanted = true
      load().then(
        (Part) => {
          known = { Part }
          if (wanted) setShown(known)
        },
        () => wanted && setFailed(true),
      )
      return () => {
        wanted = false
      }
    }, [])
    if (failed) return <Failed />
    return shown ? <shown.Part {...props} /> : <Wait />
  }
}
