-- Run by neovim.test.ts: opens a crash log in Neovim with the language server attached, asks what an engineer would ask,
-- and writes what came back as JSON.
local server = os.getenv('STOPCODE_SERVER')
local log = os.getenv('STOPCODE_LOG')
local out = os.getenv('STOPCODE_OUT')
local headline = os.getenv('STOPCODE_HEADLINE')
local result = { messages = {} }

local function finish(problem)
  result.problem = problem
  local file = assert(io.open(out, 'w'))
  file:write(vim.json.encode(result))
  file:close()
  vim.cmd('qall!')
end

local function main()
  vim.cmd('edit ' .. vim.fn.fnameescape(log))
  vim.bo.filetype = 'crashlog'
  local buffer = vim.api.nvim_get_current_buf()

  local client = vim.lsp.start_client({
    name = 'stopcode',
    cmd = { os.getenv('STOPCODE_NODE'), server, '--stdio' },
    root_dir = vim.fn.fnamemodify(log, ':h'),
    handlers = {
      ['window/showMessage'] = function(_, params) table.insert(result.messages, params.message) end,
      -- Newer ones can open a link; a test must not.
      ['window/showDocument'] = function(_, params)
        table.insert(result.messages, params.uri)
        return { success = true }
      end,
    },
  })
  if client == nil then return finish('the server did not start') end
  vim.lsp.buf_attach_client(buffer, client)

  local function diagnostics() return vim.diagnostic.get(buffer) end
  if not vim.wait(15000, function() return #diagnostics() > 0 end, 20) then return finish('no diagnostics came') end
  result.diagnostics = {}
  for _, diagnostic in ipairs(diagnostics()) do
    local lsp = diagnostic.user_data and diagnostic.user_data.lsp or {}
    table.insert(result.diagnostics, {
      line = diagnostic.lnum, column = diagnostic.col, severity = diagnostic.severity, message = diagnostic.message, source = diagnostic.source,
      code = lsp.code or diagnostic.code,
    })
  end

  local row = vim.fn.search(headline, 'w')
  if row == 0 then return finish('the headline is not in the log') end
  vim.api.nvim_win_set_cursor(0, { row, 0 })

  local function ask(method, params)
    local answers, problem = vim.lsp.buf_request_sync(buffer, method, params, 10000)
    if answers == nil then error(method .. ': ' .. tostring(problem)) end
    local answer = answers[client] or {}
    if answer.error then error(method .. ': ' .. vim.inspect(answer.error)) end
    return answer.result
  end

  local hover = ask('textDocument/hover', vim.lsp.util.make_position_params())
  result.hover = table.concat(vim.lsp.util.convert_input_to_markdown_lines(hover.contents), '\n')

  local params = vim.lsp.util.make_range_params()
  params.context = { diagnostics = vim.lsp.diagnostic.get_line_diagnostics(buffer) }
  local actions = ask('textDocument/codeAction', params)
  result.actions = {}
  for _, action in ipairs(actions) do table.insert(result.actions, action.title) end

  -- What Neovim does when the user picks the first action.
  local command = actions[1].command
  if type(command) == 'table' then
    ask('workspace/executeCommand', { command = command.command, arguments = command.arguments })
  end
  vim.wait(2000, function() return #result.messages > 0 end, 20)

  -- An edit: the crash moves down.
  vim.api.nvim_buf_set_lines(buffer, 0, 0, false, { 'a note', '' })
  local moved = vim.wait(5000, function()
    for _, diagnostic in ipairs(diagnostics()) do
      if diagnostic.severity == 1 and diagnostic.lnum == row + 1 then return true end
    end
    return false
  end, 20)
  result.moved = moved
  result.symbols = #ask('textDocument/documentSymbol', { textDocument = vim.lsp.util.make_text_document_params() })
  finish(nil)
end

local ok, problem = xpcall(main, debug.traceback)
if not ok then finish(problem) end
