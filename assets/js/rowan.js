// Everything here only makes pages quicker to use; every page works without it.
import { initAll } from 'govuk-frontend'

initAll()

// Security keys: only where a page asks for one.
if (document.querySelector('[data-security-key]')) import('./key.js')

const inField = (target) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))

const plainKey = (event) => !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat

// "/" goes to the search box; a key named by data-key presses its button (1, 2, 3 on "same person?").
document.addEventListener('keydown', (event) => {
  if (!plainKey(event)) return
  const radio = event.target instanceof HTMLInputElement && ['radio', 'checkbox'].includes(event.target.type)
  if (inField(event.target) && !radio) return
  if (event.key === '/') {
    const search = document.querySelector('[data-search-key]')
    if (search instanceof HTMLInputElement) {
      event.preventDefault()
      search.focus()
      search.select()
    }
    return
  }
  for (const button of document.querySelectorAll('[data-key]')) {
    if (button.getAttribute('data-key') === event.key && button instanceof HTMLElement && !button.hasAttribute('disabled')) {
      event.preventDefault()
      button.click()
      return
    }
  }
})

// Filters stand open at the left of a wide window and folded on a phone.
const narrow = window.matchMedia('(max-width: 48.05em)')
for (const filter of document.querySelectorAll('details[data-folds]')) {
  if (filter instanceof HTMLDetailsElement && narrow.matches) filter.open = false
}

// A table or chart that is wider than the window can be scrolled with the keyboard, also after the window was turned.
const scrolling = new ResizeObserver((regions) => {
  for (const { target } of regions) {
    if (target.scrollWidth > target.clientWidth) target.setAttribute('tabindex', '0')
    else target.removeAttribute('tabindex')
  }
})
for (const region of document.querySelectorAll('.rowan-scroll, .rowan-chart')) scrolling.observe(region)

// Clocks run on while the page is open, in the words of clock_tag (src/html/casework.cpp).
const inWords = (minutes) => {
  const days = Math.floor(minutes / 1440)
  const hours = Math.floor(minutes / 60)
  const plural = (n, word) => `${n} ${word}${n === 1 ? '' : 's'}`
  if (hours >= 72) return plural(days, 'day')
  if (hours >= 1) return hours < 6 && minutes % 60 ? `${plural(hours, 'hour')} ${minutes % 60} min` : plural(hours, 'hour')
  return `${minutes} min`
}
const tick = () => {
  const now = Date.now()
  for (const clock of document.querySelectorAll('[data-until]')) {
    const until = Date.parse(clock.getAttribute('data-until') || '')
    const soon = Number(clock.getAttribute('data-soon-hours') || 24)
    const words = clock.querySelector('[data-words]') || clock
    if (Number.isNaN(until)) continue
    const minutes = Math.floor(Math.abs(until - now) / 60000)
    const overdue = until <= now
    words.textContent = overdue ? `Overdue by ${inWords(minutes)}` : `${inWords(minutes)} left`
    clock.classList.toggle('rowan-clock--overdue', overdue)
    clock.classList.toggle('rowan-clock--soon', !overdue && minutes < soon * 60)
  }
  for (const clock of document.querySelectorAll('[data-since]')) {
    const since = Date.parse(clock.getAttribute('data-since') || '')
    if (!Number.isNaN(since)) clock.textContent = inWords(Math.max(0, Math.floor((now - since) / 60000)))
  }
}
// The server's clock may be set otherwise (a demonstration): then its words stand.
if (!document.body.hasAttribute('data-clock-set')) setInterval(tick, 30000)

// A live board is told by the server that something has changed, and fetches itself then: the number that it hears says
// nothing about anybody. Where no stream gets through, it asks for the number instead. On a wall it goes on for as long
// as the session lasts; elsewhere it stops ten minutes after the last touch, so that a forgotten screen signs itself out.
const seconds = (n) => new Promise((resolve) => window.setTimeout(resolve, n * 1000))
for (const live of document.querySelectorAll('[data-watch]')) {
  const status = document.querySelector('[data-watch-status]')
  const say = (words) => {
    if (status) status.textContent = words
  }
  const lost = () => say('This page could not bring itself up to date. It goes on trying; if this stays, load it again.')
  let touched = Date.now()
  for (const kind of ['pointerdown', 'keydown', 'scroll']) document.addEventListener(kind, () => (touched = Date.now()))

  const fetched = async (address) => {
    const answer = await fetch(address)
    if (!answer.ok || answer.redirected) throw new Error('signed out, or busy')
    return answer.text()
  }
  const show = (page) => {
    const fresh = page.querySelector('[data-watch]')
    if (!fresh) throw new Error('no board')
    const focused = live.contains(document.activeElement) ? document.activeElement?.getAttribute('href') : null
    live.replaceChildren(...fresh.childNodes)
    live.setAttribute('data-stamp', fresh.getAttribute('data-stamp') || '')
    document.title = page.title
    if (focused) for (const link of live.querySelectorAll('a')) if (link.getAttribute('href') === focused) link.focus()
    const time = new Date().toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
    say(`Something has changed. Up to date at ${time}.`)
  }
  const behind = (stamp) => Number(live.getAttribute('data-stamp')) < Number(stamp)
  let newest = '', running = false
  const hear = async (stamp) => {
    newest = stamp
    if (running) return
    running = true
    for (let tries = 0; behind(newest) && tries < 20; tries++) {
      try {
        show(new DOMParser().parseFromString(await fetched(window.location.href), 'text/html'))
      } catch {
        lost()
        await seconds(0.5 + Math.random())
      }
    }
    running = false
  }

  let asking = 0
  const ask = () => {
    asking ||= window.setInterval(() => fetched(live.getAttribute('data-watch-else') || '').then(hear, lost), 5000)
  }
  const source = new EventSource(live.getAttribute('data-watch') || '')
  const noStream = window.setTimeout(ask, 10000)
  source.addEventListener('open', () => window.clearTimeout(noStream))
  source.addEventListener('message', (event) => hear(event.data))
  source.addEventListener('error', () => source.readyState === EventSource.CLOSED && ask())
  window.addEventListener('pagehide', () => source.close())

  if (live.getAttribute('data-watch-for') === 'session') continue
  const watch = window.setInterval(() => {
    if (Date.now() - touched < 600000) return
    for (const timer of [watch, asking]) window.clearInterval(timer)
    source.close()
    status?.classList.add('rowan-stopped')
    say('This page has stopped bringing itself up to date, because nobody has touched it for ten minutes. Load it again to go on.')
  }, 10000)
}

// Saved as typed: a form that names an address for drafts sends itself there a moment after the last key.
for (const form of document.querySelectorAll('form[data-autosave]')) {
  if (!(form instanceof HTMLFormElement)) continue
  const status = form.querySelector('[data-autosave-status]')
  const say = (words) => {
    if (status) status.textContent = words
  }
  let timer = 0
  const save = async () => {
    try {
      const fields = new URLSearchParams()
      for (const [name, value] of new FormData(form)) if (typeof value === 'string') fields.append(name, value)
      const answer = await fetch(form.getAttribute('data-autosave') || '', { method: 'POST', body: fields })
      if (!answer.ok) throw new Error(String(answer.status))
      say(`Draft saved at ${new Date().toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}.`)
    } catch {
      say('We could not save the draft just now. Your words are still on this page.')
    }
  }
  form.addEventListener('input', () => {
    window.clearTimeout(timer)
    timer = window.setTimeout(save, 2000)
  })
}

// One box that ticks every row, where acting on many rows at once is safe.
for (const all of document.querySelectorAll('input[data-select-all]')) {
  all.addEventListener('change', () => {
    for (const box of document.querySelectorAll(`input[name="${CSS.escape(all.getAttribute('data-select-all') || '')}"]`)) {
      if (box instanceof HTMLInputElement && all instanceof HTMLInputElement) box.checked = all.checked
    }
  })
}

for (const print of document.querySelectorAll('[data-print]')) print.addEventListener('click', () => window.print())
