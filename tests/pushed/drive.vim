" Drives Vim's ALE through one story and writes down what it saw.
set nocompatible hidden noswapfile
let &runtimepath = $STORY_ALE . ',' . &runtimepath
let g:ale_linters_explicit = 1
let g:ale_linters = {'python': ['threatline']}
let g:ale_lint_on_text_changed = 'always'
let g:ale_lint_delay = 10
filetype plugin indent on
runtime plugin/ale.vim
call ale#linter#Define('python', {
\   'name': 'threatline',
\   'lsp': 'stdio',
\   'executable': $STORY_PROGRAM,
\   'command': '%e serve',
\   'project_root': {buffer -> $STORY_ROOT},
\})

function! Messages() abort
    return map(copy(ale#engine#GetLoclist(bufnr(''))), 'v:val.text')
endfunction

function! Wait(met) abort
    for l:turn in range(1800)
        if a:met()
            return 1
        endif
        sleep 50m
    endfor
    return 0
endfunction

let g:seen = {}
execute 'edit ' . fnameescape($STORY_FILE)
call ale#Queue(0)
if Wait({-> match(Messages(), 'Text from a model') >= 0})
    let g:seen.before = Messages()
    call setline(search('subprocess.run'), "    return subprocess.run(['date'], timeout=60).stdout")
    call ale#Queue(0)
    let g:seen.gone = Wait({-> match(Messages(), 'Text from a model') < 0})
else
    let g:seen.problem = 'no finding: ' . string(Messages())
endif
call writefile([json_encode(g:seen)], $STORY_RESULT)
qall!
