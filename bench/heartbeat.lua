-- Polls of 64 devices in turn. The requests are made once, so that wrk has little to do.
local polls, n = {}, 0

function init()
   for i = 0, 63 do
      polls[i] = wrk.format("GET", string.format("/iclock/getrequest?SN=BENCH%05d", i))
   end
end

function request()
   n = (n + 1) % 64
   return polls[n]
end
