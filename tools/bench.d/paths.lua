-- For wrk: the request targets of a file in turn, as tools/bench.d/load.c takes them.
--
--   wrk -s paths.lua URL -- FILE

local requests, sent = {}, 0

function init(args)
    for line in io.lines(args[1]) do
        requests[#requests + 1] = 'GET ' .. line .. ' HTTP/1.1\r\nHost: localhost\r\n\r\n'
    end
end

function request()
    sent = sent + 1
    return requests[sent % #requests + 1]
end
