-- For wrk: a question that was not asked before, each time.  The file has query strings, one a
-- line; each comes back only after all the others, and then with another pay_min, which is below
-- what any gig pays: the answers stay as they are and nobody can have kept them.
--
--   wrk -s queries.lua URL -- FILE PREFIX FROM        FROM: how many were asked before

local questions, prefix, asked = {}, '', 0
local pays = 99

function init(args)
    for line in io.lines(args[1]) do
        questions[#questions + 1] = line
    end
    prefix = args[2]
    asked = tonumber(args[3])
end

function request()
    local question = questions[asked % #questions + 1]
    local pay = math.floor(asked / #questions) % pays + 1
    asked = asked + 1
    return 'GET ' .. prefix .. question .. '&pay_min=' .. pay .. ' HTTP/1.1\r\nHost: localhost\r\n\r\n'
end
