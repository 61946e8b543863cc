// Builds the style sheet, scripts and drawings into a folder, each with a hash of its content in its name, and
// writes what embeds them into the program: rowan_assets.S (.incbin of every file) and rowan_assets.cpp (the table).
//
//   node build.mjs --modules DIR --out DIR
//
// --modules: the folder that holds node_modules. No bundler: the scripts are ES modules that import each other by
// their hashed names.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync, existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const option = (name) => {
  const at = process.argv.indexOf(`--${name}`)
  if (at < 0 || !process.argv[at + 1]) throw new Error(`build.mjs needs --${name} DIR`)
  return resolve(process.argv[at + 1])
}
const here = dirname(fileURLToPath(import.meta.url))
const modules = option('modules')
const out = option('out')
const packages = join(modules, 'node_modules')
const sass = await import(pathToFileURL(createRequire(join(modules, 'package.json')).resolve('sass')).href.replace('sass.node.js', 'sass.node.mjs'))

const kTypes = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

rmSync(out, { recursive: true, force: true })
mkdirSync(join(out, 'files'), { recursive: true })
const assets = new Map()

function add(name, text) {
  const bytes = Buffer.from(text)
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 10)
  const file = `${basename(name, extname(name))}-${hash}${extname(name)}`
  const type = kTypes[extname(name)]
  if (!type) throw new Error(`${name}: no content type for this kind of file`)
  const asset = { name, path: `/assets/${file}`, type, bytes, file }
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  })
  const gzip = gzipSync(bytes, { level: 9 })
  asset.brotli = brotli.length < bytes.length ? brotli : null
  asset.gzip = gzip.length < bytes.length ? gzip : null
  writeFileSync(join(out, 'files', file), bytes)
  if (asset.brotli) writeFileSync(join(out, 'files', `${file}.br`), brotli)
  if (asset.gzip) writeFileSync(join(out, 'files', `${file}.gz`), gzip)
  assets.set(name, asset)
  return asset
}

function withoutSourceMap(text) {
  return text.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n')
}

function drawings() {
  for (const file of readdirSync(join(here, 'images')).sort()) add(file, readFileSync(join(here, 'images', file)))
}

function styles() {
  const compiled = sass.compile(join(here, 'scss', 'rowan.scss'), {
    style: 'compressed',
    loadPaths: [modules, packages],
    quietDeps: true,
  })
  const images = join(packages, '@ministryofjustice', 'frontend', 'moj', 'assets', 'images')
  // Pictures that MOJ's styles name: served by us, under hashed names. Fonts are never served.
  const css = compiled.css.replace(/url\(["']?(\/assets\/[^"')]+)["']?\)/g, (_, path) => {
    if (path.includes('govuk-crest')) return 'none' // the royal arms: not ours to show
    const file = join(images, basename(path))
    if (!existsSync(file)) throw new Error(`the style sheet names ${path}, which no package ships`)
    return `url(${(assets.get(basename(file)) ?? add(basename(file), readFileSync(file))).path})`
  })
  if (/GDS Transport|@font-face/.test(css)) throw new Error('the style sheet still names the GOV.UK font')
  add('rowan.css', css)
}

function scripts() {
  const govuk = readFileSync(join(packages, 'govuk-frontend', 'dist', 'govuk', 'govuk-frontend.min.js'), 'utf8')
  const library = add('govuk-frontend.js', withoutSourceMap(govuk))
  add('start.js', readFileSync(join(here, 'js', 'start.js')))
  const own = readFileSync(join(here, 'js', 'rowan.js'), 'utf8')
  if (!own.includes("from 'govuk-frontend'")) throw new Error("rowan.js no longer imports from 'govuk-frontend'")
  const key = add('key.js', readFileSync(join(here, 'js', 'key.js')))
  if (!own.includes("import('./key.js')")) throw new Error("rowan.js no longer imports './key.js'")
  add('rowan.js', own.replace("from 'govuk-frontend'", `from '${library.path}'`).replace("'./key.js'", `'${key.path}'`))
}

function embed() {
  const list = [...assets.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
  const symbols = []
  const part = (i, kind, file) => {
    const symbol = `rowan_asset_${i}_${kind}`
    symbols.push(`.global ${symbol}\n.global ${symbol}_end\n${symbol}:\n.incbin "files/${file}"\n${symbol}_end:\n.byte 0\n`)
    return symbol
  }
  const externs = []
  const rows = list.map((asset, i) => {
    const view = (kind, file) => {
      if (!file) return '{}'
      const symbol = part(i, kind, file)
      externs.push(`extern const char ${symbol}[], ${symbol}_end[];`)
      return `{${symbol}, static_cast<std::size_t>(${symbol}_end - ${symbol})}`
    }
    return (
      `    {"${asset.path}", "${asset.name}", "${asset.type}",\n     ${view('bytes', asset.file)},\n` +
      `     ${view('brotli', asset.brotli && `${asset.file}.br`)},\n     ${view('gzip', asset.gzip && `${asset.file}.gz`)}},`
    )
  })
  writeFileSync(
    join(out, 'rowan_assets.S'),
    `// Written by assets/build.mjs.\n.section .rodata\n${symbols.join('')}.section .note.GNU-stack,"",%progbits\n`,
  )
  writeFileSync(
    join(out, 'rowan_assets.cpp'),
    `// Written by assets/build.mjs, in order of path.\n#include "html/assets.h"\n\nextern "C" {\n${externs.join('\n')}\n}\n\n` +
      'namespace rowan::html {\nstd::span<const Asset> all_assets() {\n' +
      `    static const Asset kAssets[] = {\n${rows.join('\n')}\n    };\n    return kAssets;\n}\n}  // namespace rowan::html\n`,
  )
  const manifest = Object.fromEntries(list.map((a) => [a.name, { path: a.path, type: a.type, bytes: a.bytes.length }]))
  writeFileSync(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

drawings()
styles()
scripts()
embed()
